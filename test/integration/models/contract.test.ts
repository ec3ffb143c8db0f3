import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeTablesOf, readChangeTables } from "../../../src/core/change-tables.ts";
import { writeFiles } from "../../../src/imports/write-files.ts";
import { checkModels } from "../../../src/migrations/check-models.ts";
import { readCaptured } from "../../../src/migrations/read-captured.ts";
import { changeTableOf } from "../../../src/models/derived-names.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { isRollUp } from "../../../src/models/roll-up.ts";
import { quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import { toDocumentsSql } from "../../../src/stores/mariadb/read-rows.ts";
import { readView } from "../../../src/stores/mariadb/text-columns.ts";
import project from "../../../vitrine.config.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { importAll } from "../../support/import-all.ts";
import {
  countReads,
  documentsSql,
  expectedColumns,
  findFullScans,
  findProblems,
  idOf,
  parseExactly,
  readColumns,
  readDocuments,
} from "../../support/model-contract.ts";

/** Aggregates of all rows by nature: a newest order moves every customer. Their few documents are read at once. */
const readsEverything = new Set(["customer_segments"]);

let db: TestDatabase;
let rowCount = 0;

beforeAll(async () => {
  db = await openTestDatabase({ project });
  for (const domain of project.domains) {
    const dir = await mkdtemp(join(tmpdir(), "contract-"));
    const files = domain.generate?.({ scale: 0.3, seed: 7, clean: false, end: "2008-01-01" }) ?? [];
    await writeFiles(files, dir);
    await importAll({ admin: db.admin, domain, dir });
    await rm(dir, { recursive: true });
    for (const { table } of await readCaptured(db.sqlDir, domain.name)) {
      const rows = await db.admin.query<{ n: string }>(`select count(*) as n from ${quoteName(table)}`);
      rowCount += Number(rows[0]?.n);
      await db.admin.query(`analyze table ${quoteName(table)}, ${quoteName(changeTableOf(table))}`);
    }
  }
});
afterAll(() => db?.close());

/** The documents of a model: the data does not change, so they are read once. */
const known = new Map<string, Promise<ReadonlyMap<string, string>>>();
function documentsOf(model: DocumentModel): Promise<ReadonlyMap<string, string>> {
  const documents = known.get(model.name) ?? readDocuments(db.admin, model);
  known.set(model.name, documents);
  return documents;
}

const models: readonly DocumentModel[] = project.domains.flatMap((domain) => domain.models);

describe.each(models.map((model) => [model.name, model] as const))("model %s", (name, model) => {
  test("has a column for each field, in the order of the definition", async () => {
    expect(await readColumns(db.admin, name)).toEqual(expectedColumns(model));
  });

  test("shows valid JSON with exactly the declared keys and kinds, and the id as its key", async () => {
    const documents = await documentsOf(model);
    expect(documents.size).toBeGreaterThan(0);
    const problems = [...documents].flatMap(([id, text]) => {
      const document = parseExactly(text);
      const wrongId = idOf(model, document) === id ? [] : [`its key is ${idOf(model, document)}`];
      return [...findProblems(model.fields, document), ...wrongId].map((problem) => `${id}: ${problem}`);
    });
    expect(problems.slice(0, 10)).toEqual([]);
  });

  test("finds what a change touches by indexes alone", async () => {
    const tables = changeTablesOf(await readChangeTables(db.admin), name);
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) {
      const view = table.views.get(name) ?? "";
      expect(await readColumns(db.admin, view)).toEqual(["change_id", "document_id"]);
      const sql = `select distinct document_id from ${quoteName(view)} where change_id between ? and ?`;
      const [row] = await db.admin.query<{ first: string }>(
        `select min(vitrine_id) as first from ${quoteName(table.name)}`,
      );
      expect(await findFullScans(db.admin, sql, [row?.first, Number(row?.first) + 20])).toEqual([]);
    }
  });
});

test("every view is as its model is defined, as `vitrine model check` sees it", async () => {
  expect(await checkModels(db.admin, models)).toEqual([]);
});

const byIndex = models.filter((model) => !readsEverything.has(model.name) && !isRollUp(model));

describe.each(models.filter(isRollUp).map((model) => [model.name, model] as const))(
  "roll-up %s",
  (_name, model) => {
    test("reads a group, and a batch of groups, by the indexes of what it is grouped by", async () => {
      const view = await readView(db.admin, model);
      const all = [...(await documentsOf(model)).keys()];
      const some = [0, Math.floor(all.length / 2), all.length - 1].map((at) => all.slice(at, at + 1));
      for (const ids of [...some, all.slice(0, Math.min(250, Math.ceil(all.length / 20)))]) {
        const { sql, values } = toDocumentsSql(view, ids);
        expect(await findFullScans(db.admin, sql, values)).toEqual([]);
        if (ids.length > 1) continue;
        const reads = await db.admin.withConnection((connection) => countReads(connection, sql, values));
        expect(reads, `reads for ${ids[0]} of ${rowCount} rows`).toBeLessThan(rowCount / 3);
      }
    });
  },
);

describe.each(byIndex.map((model) => [model.name, model] as const))("model %s", (_name, model) => {
  const select = documentsSql(model);
  const key = quoteName(model.columns[model.key] ?? "");

  test("reads one document by indexes alone", async () => {
    const ids = [...(await documentsOf(model)).keys()];
    for (const id of [ids[0], ids[Math.floor(ids.length / 2)], ids.at(-1)]) {
      const sql = `${select} where ${key} = ?`;
      expect(await findFullScans(db.admin, sql, [id])).toEqual([]);
      const reads = await db.admin.withConnection((connection) => countReads(connection, sql, [id]));
      expect(reads, `reads for ${id} of ${rowCount} rows`).toBeLessThan(rowCount / 3);
    }
  });

  test("reads a batch of documents, and a page by key, by indexes alone", async () => {
    const ids = [...(await documentsOf(model)).keys()];
    const batch = ids.slice(0, Math.ceil(ids.length / 20));
    expect(await findFullScans(db.admin, `${select} where ${key} in (?)`, [batch])).toEqual([]);
    const page = `${select} where ${key} > ? order by ${key} limit 5`;
    expect(await findFullScans(db.admin, page, [ids[Math.floor(ids.length / 2)]])).toEqual([]);
  });
});
