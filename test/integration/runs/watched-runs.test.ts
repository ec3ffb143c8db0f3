import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { raiseAlerts } from "../../../src/core/alerts.ts";
import { recordRun } from "../../../src/core/runs.ts";
import { type ErrorCode, errorCatalogue, VitrineError } from "../../../src/errors.ts";
import { addRunGauges, createRunReport } from "../../../src/monitor/run-gauges.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());
beforeEach(async () => {
  const { admin, loader } = gateway.database;
  await admin.query("delete from vitrine_run; delete from vitrine_alert");
  await recordRun(loader, { kind: "import", name: "shop all" }, async (run) => run.rows(5_000_000_000));
  const refused = new VitrineError("EXPORT_FAILED", "The disk is full. Free some room.");
  await recordRun(loader, { kind: "export", name: "/files" }, () => Promise.reject(refused)).catch(() => {});
  const fault = new Error("undefined is not a function");
  await recordRun(loader, { kind: "verify", name: "all models" }, () => Promise.reject(fault)).catch(
    () => {},
  );
});

async function askRuns(rest: string) {
  const { data, extensions } = await gateway.ask(`{ runs${rest} }`);
  return { runs: (data?.runs ?? []) as readonly Record<string, unknown>[], extensions };
}

const fields = "{ id kind name node startedAt endedAt outcome rows errorCode error }";

test("GraphQL tells the runs, newest first, and no message that its clients may not read", async () => {
  const { runs, extensions } = await askRuns(fields);
  expect(
    runs.map(({ kind, outcome, rows, errorCode, error }) => [kind, outcome, rows, errorCode, error]),
  ).toEqual([
    ["VERIFY", "FAILED", null, "INTERNAL", null],
    ["EXPORT", "FAILED", null, "EXPORT_FAILED", null],
    ["IMPORT", "SUCCEEDED", "5000000000", null, null],
  ]);
  expect(runs[0]?.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(extensions?.freshness ?? []).toEqual([]);
});

test("GraphQL tells what an error of a run said exactly where its code lets any client read it", async () => {
  const { admin, loader } = gateway.database;
  await admin.query("delete from vitrine_run");
  const codes = Object.keys(errorCatalogue) as readonly ErrorCode[]; // the keys of an object literal
  for (const code of codes)
    await recordRun(loader, { kind: "import", name: code }, () =>
      Promise.reject(new VitrineError(code, "orders.csv, line 7: Ada Lovelace;ada@example.org")),
    ).catch(() => {});
  await admin.run(
    `insert into vitrine_run (kind, name, node, alive_until, ended_at, outcome, error_code, error)
    values ('import', 'FROM_ANOTHER_RELEASE', 'here:1', utc_timestamp(3), utc_timestamp(3), 'failed',
      'FROM_ANOTHER_RELEASE', 'It says why.')`,
  );
  const { runs } = await askRuns("(first: 100) { name error }");
  const told = runs.flatMap(({ name, error }) => (error === null ? [] : [`${name}`]));
  expect(runs).toHaveLength(codes.length + 1);
  expect(told.sort()).toEqual(codes.filter((code) => errorCatalogue[code].exposed).sort());
});

test("GraphQL finds runs by kind, name and outcome, so many as are asked for", async () => {
  const names = async (args: string) => (await askRuns(`${args} { name }`)).runs.map(({ name }) => name);
  expect(await names("(kind: IMPORT)")).toEqual(["shop all"]);
  expect(await names("(outcome: FAILED)")).toEqual(["all models", "/files"]);
  expect(await names('(name: "/files", outcome: SUCCEEDED)')).toEqual([]);
  expect(await names("(first: 1)")).toEqual(["all models"]);
  for (const first of [-1, 100_000]) {
    const { errors } = await gateway.ask(`{ runs(first: ${first}) { id } }`);
    expect(errors?.[0]?.extensions?.code).toBe("BAD_INPUT");
  }
});

test("Gauges tell the last success and the failures of each kind and name, and which alerts go on", async () => {
  const message = "Trigger x is missing.";
  await raiseAlerts(gateway.database.loader, [{ kind: "capture", subject: "triggers", message }]);
  const registry = new Registry();
  addRunGauges(registry, createRunReport(gateway.database.reader));
  const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const [at, took, ...rest] = lines;
  expect(at).toMatch(/^vitrine_run_last_success_timestamp_seconds\{kind="import",name="shop all"\} [\d.]+$/);
  expect(Math.abs(Number(at?.split(" ").at(-1)) - Date.now() / 1000)).toBeLessThan(600);
  expect(took).toMatch(/^vitrine_run_last_success_seconds\{kind="import",name="shop all"\} [\d.e-]+$/);
  const failed = /^vitrine_run_last_failure_timestamp_seconds\{kind="(\w+)",name="([^"]+)"\} ([\d.]+)$/;
  const failures = rest.splice(0, 2).map((line) => failed.exec(line) ?? [line]);
  expect(failures.map(([, kind, name]) => `${kind} ${name}`)).toEqual(["export /files", "verify all models"]);
  for (const [, , , when] of failures) expect(Math.abs(Number(when) - Date.now() / 1000)).toBeLessThan(600);
  expect(rest).toEqual([
    'vitrine_run_failures{kind="export",name="/files"} 1',
    'vitrine_run_failures{kind="import",name="shop all"} 0',
    'vitrine_run_failures{kind="verify",name="all models"} 1',
    'vitrine_alerts_raised{kind="run"} 0',
    'vitrine_alerts_raised{kind="defect"} 0',
    'vitrine_alerts_raised{kind="lag"} 0',
    'vitrine_alerts_raised{kind="rejected"} 0',
    'vitrine_alerts_raised{kind="capture"} 1',
    'vitrine_alerts_raised{kind="schedule"} 0',
  ]);
});

test("Gauges say nothing of long ago while the database is away, and are not in the way of others", async () => {
  const away = openMariaDb("mariadb://nobody@127.0.0.1:1/shop");
  const registry = new Registry();
  addRunGauges(registry, createRunReport(away));
  const text = await registry.metrics();
  await away.close();
  expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
});
