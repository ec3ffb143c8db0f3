import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResultSetHeader } from "mysql2/promise";
import { importFiles } from "../src/imports/import-files.ts";
import { writeFiles } from "../src/imports/write-files.ts";
import { migrateUp } from "../src/migrations/migrate.ts";
import type { ImportDefinition } from "../src/models/import-definition.ts";
import type { Domain, GeneratedFile } from "../src/models/project.ts";
import { type MariaDb, openMariaDb } from "../src/stores/mariadb/mariadb.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";
import { time } from "./with-shop.ts";

const rounds = 3;

/** An import, and the least that somebody would do instead. */
export interface MeasuredImport {
  readonly title: string;
  /** What the import does more than the least. */
  readonly full: string;
  /** Whose tables there must be. */
  readonly domains: readonly Domain[];
  readonly domain: Domain;
  readonly name: string;
  readonly definition: ImportDefinition;
  readonly files: Iterable<GeneratedFile>;
  /** From the staging tables to the others, in one transaction. */
  readonly minimalInserts: readonly string[];
}

/** Prints what an import costs beside bare `load data` and set-based inserts, in turns. */
export async function measureImport(context: BenchContext, measured: MeasuredImport): Promise<void> {
  const { title, domain, name, files, minimalInserts } = measured;
  const dir = await mkdtemp(join(tmpdir(), "vitrine-bench-"));
  const [load, least, full, again]: number[][] = [[], [], [], []];
  try {
    await writeFiles(files, dir);
    for (let round = 0; round < rounds; round++) {
      await withDatabase(context, measured, "tables", async (db) => {
        const loading = await time(() => loadBare(db, measured.definition, dir));
        load?.push(loading);
        least?.push(loading + (await time(() => insertMinimal(db, minimalInserts))));
      });
      await withDatabase(context, measured, "all", async (db) => {
        full?.push(await time(() => importFiles({ admin: db, domain, name, dir })));
        again?.push(await time(() => importFiles({ admin: db, domain, name, dir })));
      });
    }
  } finally {
    await rm(dir, { recursive: true });
  }
  const minimal = "(b) a and a minimal set-based insert, no rejects, no capture";
  printRatios(context, title, minimal, [
    { what: "(a) load data local infile into staging, nothing else", seconds: median(load ?? []) },
    { what: minimal, seconds: median(least ?? []) },
    { what: measured.full, seconds: median(full ?? []) },
    { what: "the same files again (nothing is written)", seconds: median(again ?? []) },
  ]);
}

async function withDatabase(
  context: BenchContext,
  { domains }: MeasuredImport,
  scope: "tables" | "all",
  work: (db: MariaDb) => Promise<void>,
): Promise<void> {
  const server = openMariaDb(context.mariadbUrl, { size: 1 });
  const name = `vitrine_bench_${process.pid}`;
  const url = new URL(context.mariadbUrl);
  url.pathname = `/${name}`;
  await server.run(`create database ${name} character set utf8mb4 collate utf8mb4_nopad_bin`);
  const db = openMariaDb(url.href, { multipleStatements: true });
  try {
    await migrateUp({ admin: db, sqlDir: "sql", domains, scope });
    await work(db);
  } finally {
    await db.close();
    await server.run(`drop database ${name}`);
    await server.close();
  }
}

/**
 * The files as they are, columns in their order, the header skipped, lines counted for the key; nobody looks at anything.
 * @throws Error when lines are lost, for then it would measure nothing
 */
async function loadBare(db: MariaDb, definition: ImportDefinition, dir: string): Promise<void> {
  await db.withConnection(async ({ raw }) => {
    for (const { file, staging, columns } of definition.files) {
      await raw.query("set @line = 0");
      const [{ info }] = await raw.query<ResultSetHeader>({
        sql: `load data local infile 'stream' into table ${staging} character set utf8mb4
          fields terminated by ',' optionally enclosed by '"' escaped by '' ignore 1 lines
          (${Object.values(columns).join(", ")}) set \`row_number\` = (@line := @line + 1)`,
        infileStreamFactory: () => createReadStream(join(dir, file)),
      });
      if (!/Skipped: 0\b/.test(info)) throw new Error(`Of ${file} lines were left out: ${info}`);
    }
  });
}

async function insertMinimal(db: MariaDb, inserts: readonly string[]): Promise<void> {
  await db.transaction(async (connection) => {
    for (const sql of inserts) await connection.run(sql);
  });
}
