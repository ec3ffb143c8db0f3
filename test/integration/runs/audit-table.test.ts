import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { keepAudit } from "../../../src/app/keep-audit.ts";
import { type AuditEntry, forgetCalls, noteCall, readAudit } from "../../../src/core/audit.ts";
import { createLogger } from "../../../src/log.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine } from "../../support/run-vitrine.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());
afterEach(() => database.admin.run("delete from vitrine_audit"));

const audit = () => readAudit(database.reader, { first: 100 });

const entry: AuditEntry = {
  ...{ principal: "ann", role: "support", requestId: "0".repeat(36), operation: null, documentHash: null },
  ...{ procedure: "send_letter", arguments: {}, result: null, outcome: "failed", code: "INTERNAL" },
};

test("The audit can be asked by who, as what, what, how it ended and since when; the newest first", async () => {
  const { admin, reader } = database;
  await noteCall(admin, entry);
  await noteCall(admin, {
    ...entry,
    principal: "bob",
    role: "admin",
    procedure: "other",
    outcome: "refused",
  });
  const names = async (filter: Partial<Parameters<typeof readAudit>[1]>) =>
    (await readAudit(reader, { first: 10, ...filter })).map(({ principal }) => principal);
  expect(await names({})).toEqual(["bob", "ann"]);
  expect(await names({ first: 1 })).toEqual(["bob"]);
  expect(await names({ principal: "ann" })).toEqual(["ann"]);
  expect(await names({ role: "admin" })).toEqual(["bob"]);
  expect(await names({ procedure: "other" })).toEqual(["bob"]);
  expect(await names({ outcome: "failed" })).toEqual(["ann"]);
  await admin.run("update vitrine_audit set called_at = '2026-01-01' where principal = 'ann'");
  expect(await names({ since: new Date("2026-01-01T00:00:00.001Z") })).toEqual(["bob"]);
  expect(await names({ since: new Date("2026-01-01") })).toEqual(["bob", "ann"]);
});

test("The audit tells what is too long by its size, as JSON all the same", async () => {
  const { admin } = database;
  const long = Array.from({ length: 5000 }, (_, words) => ({ words }));
  await noteCall(admin, { ...entry, arguments: { letterId: 1, pages: long } });
  await noteCall(admin, {
    ...entry,
    arguments: Object.fromEntries(long.map(({ words }) => [`a${words}`, words])),
  });
  expect((await audit()).map((row) => row.arguments)).toEqual([
    { "": expect.stringMatching(/^\(\d+ characters\)$/) },
    { letterId: 1, pages: expect.stringMatching(/^\(\d+ characters\)$/) },
  ]);
});

test("The audit forgets calls of long ago, which loaders may and gateways may not; nobody of both changes any", async () => {
  const { admin, loader, writer } = database;
  await noteCall(writer, entry);
  await noteCall(writer, entry);
  await admin.run("update vitrine_audit set called_at = utc_timestamp() - interval 401 day limit 1");
  await expect(forgetCalls(writer, 400)).rejects.toThrow(/denied/);
  for (const one of [loader, writer])
    await expect(one.run("update vitrine_audit set principal = 'nobody'")).rejects.toThrow(/denied/);
  await expect(noteCall(loader, entry)).rejects.toThrow(/denied/);
  expect(await forgetCalls(loader, 400)).toBe(1);
  expect(await audit()).toHaveLength(1);
});

test("The audit is kept up by whoever keeps the mirror: what is too old goes at its start, and later", async () => {
  const { admin, loader } = database;
  const logger = createLogger("info", { write: () => undefined });
  const age = () => admin.run("update vitrine_audit set called_at = utc_timestamp() - interval 8 day");
  await noteCall(admin, entry);
  await age();
  const end = keepAudit({ db: loader, keptDays: 7, logger, everyMs: 20 });
  try {
    await expect.poll(audit).toEqual([]);
    await noteCall(admin, entry);
    await age();
    await expect.poll(audit).toEqual([]);
  } finally {
    await end();
  }
  await noteCall(admin, entry);
  await age();
  await end();
  expect(await audit()).toHaveLength(1);
});

test("`vitrine audit` tells calls to people and machines, and what is wrong with its options", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "vitrine-audit-"));
  const call = (args: readonly string[]) => runVitrine(database, dataDir, ["audit", ...args]);
  try {
    await noteCall(database.admin, { ...entry, arguments: { letterId: 7 } });
    await noteCall(database.admin, {
      ...entry,
      principal: "bob",
      outcome: "succeeded",
      code: null,
      result: { words: 3 },
    });
    const all = JSON.parse((await call(["--json"])).stdout) as readonly object[];
    expect(all).toMatchObject([
      { principal: "bob", result: { words: 3 } },
      { principal: "ann", code: "INTERNAL" },
    ]);
    const some = await call(["--principal", "ann", "--since", "2026-01-01", "--outcome", "failed"]);
    expect(some.stdout).toMatch(/ann \(support\) send_letter: failed \[INTERNAL\]\n {2}\{"letterId":7\}/);
    expect((await call(["--role", "nobody"])).stdout).toContain("There is no such call.");
    for (const wrong of ["yesterday", "2026-13-01", "2026-11-30T12:00:00"])
      expect(await call(["--since", wrong])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("with its zone"),
      });
  } finally {
    await rm(dataDir, { recursive: true });
  }
});
