import { expect, test } from "vitest";
import { readVersionOfMariaDb } from "../../../src/local/versions.ts";
import { judgeServerAnswers, type ServerAnswers } from "../../../src/migrations/check-server.ts";

const all = [
  ...["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "CREATE VIEW", "SHOW VIEW"],
  ...["CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE", "TRIGGER"],
];
const fit: ServerAnswers = {
  ...{ version: "10.11.19-MariaDB", database: "a_b", account: "me@there@%" },
  ...{ isReadOnly: false, isFrozen: false, hasBinaryLog: false, trustsCreators: false },
  ...{ packetBytes: 16 * 2 ** 20, rights: new Set(all), mayGrant: true, tableRights: new Map() },
};
const withoutTriggers = new Set(all.filter((name) => name !== "TRIGGER"));
const onTables = (...rights: readonly (readonly [table: string, rights: string])[]) =>
  new Map(rights.map(([table, names]) => [table, new Set(names.split(","))]));
const judge = (facts: Partial<ServerAnswers>, roles: readonly string[] = ["a_b_reader_role"]) =>
  judgeServerAnswers({ ...fit, ...facts }, { textBytes: 10_000, roles, tables: ["crew", "ships"] });

test.each<readonly [string, Partial<ServerAnswers>]>([
  ["as it should be", {}],
  ["read only for others", { isReadOnly: true, rights: new Set([...all, "READ_ONLY ADMIN"]) }],
  [
    "with a binary log, and its administrator's account",
    { hasBinaryLog: true, rights: new Set([...all, "SUPER"]) },
  ],
  ["with a binary log, trusting", { hasBinaryLog: true, trustsCreators: true }],
  ["of whose account roles decide", { rights: null, mayGrant: false }],
  [
    "that lets triggers be made on the tables that matter",
    { rights: withoutTriggers, tableRights: onTables(["crew", "TRIGGER"], ["ships", "SELECT,TRIGGER"]) },
  ],
])("a server %s is fit", (_what, facts) => expect(judge(facts)).toEqual([]));

test.each<readonly [string, Partial<ServerAnswers>, string]>([
  ["MySQL", { version: "8.0.36" }, "The server calls itself 8.0.36: it is MySQL"],
  ["a replica", { isReadOnly: true }, "The server is read only"],
  [
    "frozen, whoever asks",
    { isFrozen: true, rights: new Set([...all, "READ_ONLY ADMIN"]) },
    "The server is read only",
  ],
  ["with a binary log", { hasBinaryLog: true }, "set global log_bin_trust_function_creators = 1;"],
  ["with small packets", { packetBytes: 10_500 }, "set global max_allowed_packet = 64 * 1024 * 1024;"],
  [
    "where rights are missing",
    { rights: new Set(all.filter((name) => name !== "TRIGGER" && name !== "CREATE VIEW")) },
    "grant create view, trigger on `a\\_b`.* to `me@there`@`%`;",
  ],
  [
    "where one table lacks the right",
    { rights: withoutTriggers, tableRights: onTables(["crew", "SELECT,TRIGGER"], ["ships", "SELECT"]) },
    "may make no trigger on ships. As the administrator of the server:\n    grant trigger on `a_b`.`ships` to `me@there`@`%`;",
  ],
  [
    "where rights are of some tables only",
    { rights: new Set(all.filter((name) => name !== "SELECT")), tableRights: onTables(["ships", "SELECT"]) },
    "It may read some tables, and not crew. As the administrator of the server:\n    grant select on `a\\_b`.* to",
  ],
  [
    "where nothing may be granted",
    { mayGrant: false },
    "grant select on `a\\_b`.* to `me@there`@`%` with grant option;",
  ],
])("a server %s is refused in a sentence that says what to do", (_what, facts, told) => {
  const problems = judge(facts);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(told);
});

test("who grants nothing needs no right to grant", () => expect(judge({ mayGrant: false }, [])).toEqual([]));

test("what is no MariaDB is not called an old one", () => {
  expect(() => readVersionOfMariaDb("8.0.36-0ubuntu0.22.04.1")).toThrow(/MySQL/);
  expect(readVersionOfMariaDb("10.11.19-MariaDB-log")).toBe("10.11.19");
});
