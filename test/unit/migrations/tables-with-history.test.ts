import { expect, test } from "vitest";
import { findTablesWithHistory } from "../../../src/migrations/tables-with-history.ts";
import { judgeBegin, refuseEarlier } from "../../../src/stores/history/history-begins.ts";

test("only tables that are made with their history have had it from their first row on", () => {
  const sql = `create table if not exists a (id int) with system versioning;
    create table \`b c\` (id int comment 'with; system versioning') /* with system versioning */;
    create table d (id int, text varchar(9) default 'x;y') engine = InnoDB with system versioning;
    alter table e add system versioning;`;
  expect(findTablesWithHistory(sql)).toEqual(["a", "d"]);
});

test("a table that is older than its first version by a second has no unknown past, any other may have", () => {
  const at = (seconds: string) => `2026-12-01T00:00:${seconds}Z`;
  expect(judgeBegin(at("01.000000"), at("02.000001"))).toBeNull();
  expect(judgeBegin(at("02.000000"), at("02.000001"))).toBe(at("02.000001"));
  expect(judgeBegin(at("03.000000"), at("02.000001"))).toBe(at("02.000001"));
  expect(judgeBegin(at("03.000000"), null)).toBe(at("03.000000"));
  expect(judgeBegin(null, null)).toBeNull();
});

test("a moment is compared with the begin to the microsecond, however many digits it has", () => {
  const begin = { table: "parts", at: "2026-12-01T00:00:02.000001Z" };
  for (const early of ["2026-12-01T00:00:02Z", "2026-12-01T00:00:02.000Z", "2026-12-01T00:00:01.999999Z"])
    expect(() => refuseEarlier(early, "basket", begin)).toThrow("basket reads parts");
  for (const late of ["2026-12-01T00:00:02.001Z", "2026-12-01T00:00:02.000001Z"])
    refuseEarlier(late, "basket", begin);
  refuseEarlier("2000-01-01T00:00:00Z", "basket", null);
});
