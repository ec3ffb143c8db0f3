import { beforeAll, describe, expect, test } from "vitest";
import { normaliseText } from "../../../src/derive/normalise-text.ts";
import { printQuery } from "../../../src/derive/print-query.ts";
import { prepareParser, readViewText } from "../../../src/derive/read-view-text.ts";

beforeAll(prepareParser);

const read = (text: string): string => printQuery(readViewText(`select ${text} AS \`x\` from \`t\``));

describe("what the server writes is nested as the server does", () => {
  test.each([
    ["`t`.`a` DIV 2 = 1 and `t`.`b` = 2", "(((`t`.`a` div 2) = 1) and (`t`.`b` = 2))"],
    ["`t`.`a` * 3 DIV 2 + 1", "(((`t`.`a` * 3) div 2) + 1)"],
    ["`t`.`a` DIV nullif(`t`.`b`,0) * 0.01", "((`t`.`a` div nullif(`t`.`b`, 0)) * 0.01)"],
    ["`t`.`a` MOD 2 = 1", "((`t`.`a` % 2) = 1)"],
    ["!`t`.`a`", "(not `t`.`a`)"],
    ["!exists(select 1 from `u` limit 1)", "(not (exists (select 1 from `u` `u` limit 1)))"],
    ["!(`t`.`a` in (select `u`.`a` from `u`))", "(not ((`t`.`a` in (select `u`.`a` from `u` `u`))))"],
    ["!(!`t`.`a` and `t`.`b` <> ')!(')", "(not ((not `t`.`a`) and (`t`.`b` <> ')!(')))"],
    [
      "!(!concat(`t`.`a`,')') or !'1' and !(1 = 2))",
      "(not ((not concat(`t`.`a`, ')')) or ((not '1') and (not (1 = 2)))))",
    ],
    ["concat('a DIV b', `t`.`c MOD d`, '!')", "concat('a DIV b', `t`.`c MOD d`, '!')"],
    ["cast(`t`.`a` as char(3) charset latin1)", "cast(`t`.`a` as char(3) character set latin1)"],
    ["cast(`t`.`a` as char charset utf8mb4 binary)", "cast(`t`.`a` as char character set utf8mb4 binary)"],
    ["`t`.`a` + interval '1-2' year_month", "(`t`.`a` + interval '1-2' year_month)"],
    ["extract(year_month from `t`.`a`)", "extract(year_month from `t`.`a`)"],
    ["'it''s \\\\ \\'x\\''", "'it''s \\\\ ''x'''"],
  ])("%s", (text, printed) => {
    const start = "select ";
    const end = " as `x` from `t` `t`";
    expect(read(text)).toBe(`${start}${printed}${end}`);
  });

  test("a text without any of that stays as it is", () => {
    const text = "select `a`.`b` <> 1 AS `!`, 'it''s!' from `a` where `a`.`b` != 2";
    expect(normaliseText(text)).toBe(text);
  });
});

describe("what is not understood is refused", () => {
  test.each([
    ["@x", /variable/],
    ["@@sql_mode", /variable/],
    ["`f`(1)", /stored function/],
    ["interval(1,2,3)", /does not understand|not understood/],
    ["sum(`t`.`a`) over w", /named window/],
    ["match (`t`.`a`) against ('x')", /MatchAgainst/],
    ["`db`.`t`.`a`", /another database/],
  ])("%s", (text, reason) => {
    expect(() => read(text)).toThrow(reason);
  });
});
