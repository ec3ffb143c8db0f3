import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runLive } from "../../../src/app/run-live.ts";
import { totesys } from "../../../src/domains/totesys/index.ts";
import { totesysLive } from "../../../src/domains/totesys/sample/live.ts";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import { exportChanges } from "../../../src/exports/incremental/export-changes.ts";
import { verifyDestination } from "../../../src/exports/incremental/verify-destination.ts";
import { importFiles } from "../../../src/imports/import-files.ts";
import { writeFiles } from "../../../src/imports/write-files.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import type { LiveEvent } from "../../../src/models/project.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { toteProject } from "../../domains/totesys/tote-project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readFinalState } from "../../support/read-changes.ts";

/** A month in ten parts, each of three days; after each the files are exported. */
const parts = 10;
const tables = ["sales_order", "purchase_order", "payment"] as const;
type Table = (typeof tables)[number];
type Rows = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

let database: TestDatabase;
let folder: string;
let models: readonly DocumentModel[];
const events: LiveEvent[] = [];
/** What stood in the tables before the first event. */
const initial = new Map<Table, Rows>();
/** Moments between two events, each with how many had happened. */
const moments: { readonly asOf: string; readonly count: number }[] = [];

beforeAll(async () => {
  database = await openTestDatabase({ project: toteProject });
  folder = await mkdtemp(join(tmpdir(), "vitrine-month-"));
  const { admin, mongo } = database;
  const files = totesys.generate?.({ scale: 0.01, seed: 42, clean: true, end: "2024-04-11" }) ?? [];
  await writeFiles(files, folder);
  await importFiles({ admin, domain: totesys, dir: folder });
  await rm(folder, { recursive: true });
  for (const table of tables) {
    const rows = await admin.query(`select * from ${table}`);
    initial.set(table, new Map(rows.map((row) => [String(row[`${table}_id`]), row])));
  }
  models = toteProject.domains
    .flatMap((domain) => domain.models)
    .filter(({ name }) => /^fact_\w+_current$|_history$/.test(name));
  const stop = new AbortController();
  const { signal } = stop;
  const db = openMariaDb(database.mariadbUrl, { size: loaderConnections });
  const loader = createLoader({ db, mongo, models, logger: createLogger("silent"), verifyShare: 0 });
  const following = loader.run(signal);
  for (let part = 0; part < parts; part += 1) {
    const onEvent = (event: LiveEvent) => void events.push(event);
    await runLive(admin, totesysLive, { seed: 7 + part, days: 3, speed: 1e9, signal, onEvent });
    await sleep(5);
    moments.push({ asOf: new Date().toISOString(), count: events.length });
    await sleep(5);
    await exportChanges({ db, mongo, destination: openFolder(folder), models, signal, patienceMs: 60_000 });
  }
  const reports = await verifyDestination({ db, mongo, destination: openFolder(folder), models, signal });
  expect(reports.map(({ defects }) => defects)).toEqual(models.map(() => []));
  stop.abort();
  await following.catch(() => undefined);
  await db.close();
}, 300_000);
afterAll(async () => {
  await database?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The rows of a table when so many events had happened, from the events alone. */
function replay(table: Table, count: number): Rows {
  const rows = new Map(initial.get(table));
  for (const { writes, refused } of events.slice(0, count))
    for (const { table: written, kind, key, values } of refused === undefined ? writes : []) {
      if (written !== table) continue;
      const id = String({ ...values, ...key }[`${table}_id`]);
      if (kind === "delete") rows.delete(id);
      else rows.set(id, { ...rows.get(id), ...values, ...key });
    }
  return rows;
}

const toColumn = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** Whatever tables, documents and files call true, false and a moment. */
const toText = (value: unknown) =>
  String(value)
    .replace(/^true$/, "1")
    .replace(/^false$/, "0")
    .replace(/^(\d{4}-\d\d-\d\d)T(.*)Z$/, "$1 $2");

/** Turns rows into texts: of the fields of a model that are columns which the events write. */
function createToTexts(model: DocumentModel, table: Table) {
  const writes = events.flatMap((event) => event.writes).filter((write) => write.table === table);
  const written = new Set(writes.flatMap(({ key, values }) => [...Object.keys(key), ...Object.keys(values)]));
  const names = Object.keys(model.fields).filter((name) => written.has(toColumn(name)));
  return (row: Readonly<Record<string, unknown>>) =>
    names.map((name) => toText(name in row ? row[name] : row[toColumn(name)]));
}

const modelOf = (name: string): DocumentModel => {
  const found = models.find((model) => model.name === name);
  if (!found) throw new Error(`There is no model ${name}.`);
  return found;
};

test.each(tables)("At ten moments of the month asOf shows of %s what the events had left", async (table) => {
  const model = modelOf(`fact_${table}_current`);
  const toTexts = createToTexts(model, table);
  const live = createLiveStore(database.reader);
  const seen = new Set<number>();
  for (const { asOf, count } of moments) {
    const found: string[][] = [];
    for await (const document of live.stream(model, null, { asOf })) found.push(toTexts(document));
    expect(found.sort(), asOf).toEqual([...replay(table, count).values()].map(toTexts).sort());
    seen.add(found.length);
  }
  expect(seen.size).toBeGreaterThan(5);
});

test.each(tables)("All files together are what the events have left of %s", async (table) => {
  const model = modelOf(`fact_${table}_current`);
  const toTexts = createToTexts(model, table);
  const found = await readFinalState(folder, model);
  const expected = [...replay(table, events.length).values()];
  expect(found.map(toTexts).sort()).toEqual(expected.map(toTexts).sort());
});

test.each(tables)("All files together have every version of %s that was committed", async (table) => {
  const written = events.flatMap(({ writes, refused }) =>
    refused === undefined ? writes.filter((write) => write.table === table) : [],
  );
  const found = await readFinalState(folder, modelOf(`${table}_history`));
  expect(found).toHaveLength((initial.get(table)?.size ?? 0) + written.length);
  const deleted = written.filter(({ kind }) => kind === "delete").length;
  expect(found.filter((row) => toText(row.deleted) === "1")).toHaveLength(deleted);
});
