import { randomBytes } from "node:crypto";
import { VitrineError } from "../errors.ts";
import type { Domain } from "../models/project.ts";
import { changeAddress } from "../stores/mariadb/address-hosts.ts";
import { type MariaDb, openMariaDb, quoteName } from "../stores/mariadb/mariadb.ts";
import { type LentObjects, lendTables, lendViews, readLent } from "./lent-objects.ts";
import { migrateUp } from "./migrate.ts";

export interface ScratchOptions {
  /** Of the project's database; without a path the files alone decide. */
  readonly url: string;
  readonly sqlDir: string;
  readonly domains: readonly Domain[];
  /** Tables or views that are needed beside those that files and models name. */
  readonly needed?: readonly string[];
}

/**
 * Runs `work` in a database of its own on the same server, dropped at the end. It has the tables and views that the
 * project's files make, so what is found there depends on the files alone; and those that a view or a model names and
 * no file makes, as the project's database has them: what somebody else made is said there only.
 */
export async function withScratchDatabase<T>(
  options: ScratchOptions,
  work: (scratch: MariaDb) => Promise<T>,
): Promise<T> {
  const { sqlDir, domains } = options;
  const name = `vitrine_scratch_${randomBytes(6).toString("hex")}`;
  const at = (database: string) =>
    changeAddress(options.url, (url) => {
      url.pathname = `/${database}`;
    });
  const server = openMariaDb(at(""), { size: 1 });
  const scratch = openMariaDb(at(name), { size: 2, multipleStatements: true });
  try {
    const lent = await readLentFrom(server, options);
    await server.query(`create database ${quoteName(name)} character set utf8mb4 collate utf8mb4_nopad_bin`);
    await lendTables(scratch, lent);
    const migrate = (scope: "tables" | "views") => migrateUp({ admin: scratch, sqlDir, domains, scope });
    if (lent.views.length > 0) {
      await migrate("tables");
      const left = await lendViews(scratch, lent.views);
      await migrate("views");
      await lendViews(scratch, left, true);
    } else await migrate("views");
    return await work(scratch);
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    // The server's sentences name tables with their database: here one that nobody knows.
    const { code, message, details } = error;
    throw new VitrineError(code, message.replaceAll(`${name}.`, ""), { details, cause: error });
  } finally {
    await server.query(`drop database if exists ${quoteName(name)}`);
    await Promise.all([scratch.close(), server.close()]);
  }
}

/** Nothing of a database that is not there. */
async function readLentFrom(server: MariaDb, options: ScratchOptions): Promise<LentObjects> {
  const own = openMariaDb(options.url, { size: 1 });
  try {
    const found = await server.query("select 1 from information_schema.schemata where schema_name = ?", [
      own.database,
    ]);
    if (found.length === 0) return { tables: [], views: [] };
    return await readLent(own, options);
  } finally {
    await own.close();
  }
}
