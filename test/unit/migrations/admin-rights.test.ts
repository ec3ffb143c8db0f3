import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { grantsOfLooking, grantsOfMigrating } from "../../../src/migrations/admin-rights.ts";
import { judgeServerAnswers } from "../../../src/migrations/check-server.ts";

/** Each statement on a line, without the quotes that a name may go without. */
const lines = (text: string) => text.split("\n").map((line) => line.replaceAll("`", ""));

test("containers get the account that any other server gets, which runs before anything is installed", () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-rights-"));
  execFileSync(process.execPath, ["deploy/compose/make-secrets.mjs", join(folder, "secrets")]);
  const written = lines(readFileSync(join(folder, "secrets", "accounts.sql"), "utf8"));
  rmSync(folder, { recursive: true });
  const wanted = grantsOfMigrating("vitrine", "vitrine_admin@'%'").flatMap(({ statements }) => statements);
  const given = written.filter((line) => line.startsWith("grant ") && / on .* to vitrine_admin@/.test(line));
  expect(given).toEqual(lines(wanted.join("\n")));
});

test("whoever has these rights lacks none that migrations ask for", () => {
  const [{ statements: [first = ""] = [] } = {}] = grantsOfMigrating("shop", "me@'%'");
  const granted = first.slice("grant ".length, first.indexOf(" on ")).toUpperCase().split(", ");
  const facts = {
    ...{ version: "11.4.2-MariaDB", database: "shop", account: "me@%", isReadOnly: false, isFrozen: false },
    ...{ hasBinaryLog: false, trustsCreators: true, packetBytes: 2 ** 24, mayGrant: true },
    tableRights: new Map<string, Set<string>>(),
  };
  const needs = { textBytes: 1000, roles: ["shop_reader_role"], tables: [] };
  expect(judgeServerAnswers({ ...facts, rights: new Set(granted) }, needs)).toEqual([]);
  const [problem] = judgeServerAnswers({ ...facts, rights: new Set(granted.slice(1)) }, needs);
  expect(problem).toContain("grant select on `shop`.*");
});

test("the page on rights names each table of the server that is looked at", () => {
  const page = readFileSync("docs/how-to/migrate.md", "utf8");
  const tables = grantsOfLooking("me").map((one) => /on (mysql\.\w+)/.exec(one)?.[1] ?? "");
  expect(tables).toHaveLength(5);
  for (const table of tables) expect(page).toContain(`\`${table}\``);
});
