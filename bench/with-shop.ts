import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConnectionString } from "mongodb-connection-string-url";
import { pos } from "../src/domains/pos/index.ts";
import { importFiles } from "../src/imports/import-files.ts";
import { writeFiles } from "../src/imports/write-files.ts";
import { migrateUp } from "../src/migrations/migrate.ts";
import type { Domain } from "../src/models/project.ts";
import { type MariaDb, openMariaDb, quoteName } from "../src/stores/mariadb/mariadb.ts";
import { type MongoDb, openMongoDb } from "../src/stores/mongodb/mongodb.ts";
import type { BenchContext } from "./bench-context.ts";

export interface BenchShop {
  readonly admin: MariaDb;
  readonly mongo: MongoDb;
  /** Both with the path of the shop's database. */
  readonly mariadbUrl: string;
  readonly mongodbUrl: string;
}

/**
 * Runs `work` over a generated shop in databases of its own, which are gone afterwards.
 * @param domains whose tables and views are there: a gateway starts over those of its project only
 */
export const withShop = (
  context: BenchContext,
  scale: number,
  work: (shop: BenchShop) => Promise<void>,
  domains: readonly Domain[] = [pos],
): Promise<void> => withSample(context, { scale, domain: pos, domains }, work);

export interface Sample {
  readonly scale: number;
  /** Whose sample is generated and imported. */
  readonly domain: Domain;
  /** Whose tables and views are there, those of `domain` among them. */
  readonly domains: readonly Domain[];
}

/** The same over the sample of any domain. */
export async function withSample(
  context: BenchContext,
  { scale, domain, domains }: Sample,
  work: (shop: BenchShop) => Promise<void>,
): Promise<void> {
  const name = `vitrine_bench_${process.pid}`;
  const place = { pathname: `/${name}` };
  const mariadbUrl = Object.assign(new URL(context.mariadbUrl), place).href;
  const mongodbUrl = Object.assign(new ConnectionString(context.mongodbUrl), place).toString();
  const server = openMariaDb(context.mariadbUrl, { size: 1 });
  await server.run(`create database ${name} character set utf8mb4 collate utf8mb4_nopad_bin`);
  const admin = openMariaDb(mariadbUrl, { size: 4, multipleStatements: true });
  const mongo = openMongoDb(mongodbUrl);
  const dir = await mkdtemp(join(tmpdir(), "vitrine-bench-"));
  try {
    await migrateUp({ admin, sqlDir: "sql", domains });
    if (domain.generate)
      await writeFiles(domain.generate({ scale, seed: 42, clean: false, end: "2008-01-01" }), dir);
    await importFiles({ admin, domain, dir });
    await analyzeTables(admin);
    await work({ admin, mongo, mariadbUrl, mongodbUrl });
  } finally {
    await rm(dir, { recursive: true, force: true });
    await mongo.db.dropDatabase();
    await Promise.all([admin.close(), mongo.close()]);
    await server.run(`drop database ${name}`);
    await server.close();
  }
}

/** Statistics of every table, as a server that runs for long has them. */
async function analyzeTables(admin: MariaDb): Promise<void> {
  const tables = await admin.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
      and table_name not like 'vitrine\\_%'`,
  );
  await admin.query(`analyze table ${tables.map((table) => quoteName(table.name)).join(", ")}`);
}

/** Seconds that `work` takes. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
