import { type AppliedFile, BEGUN, readAppliedFiles } from "../core/migration-log.ts";
import { VitrineError } from "../errors.ts";
import { engineDomain } from "../models/engine-names.ts";
import type { NamedDomain } from "../models/list-names.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { type OrderedFile, orderByDependency } from "./dependency-order.ts";
import { findFileNameProblems } from "./file-names.ts";
import { readOrphanedObjects } from "./lost-definers.ts";
import { objectId, readServerObjects, type ServerObjects } from "./server-objects.ts";
import { readSqlFiles, type VersionedFile } from "./sql-files.ts";

/** What the files say beside what the database says. */
export interface MigrationPlan {
  /** Every file in the order of application: tables first, then what is built on them. */
  readonly files: readonly (VersionedFile | OrderedFile)[];
  readonly applied: ReadonlyMap<string, AppliedFile>;
  readonly server: ServerObjects;
  /** Applied rows whose object no file defines any more: views, routines, triggers to drop. */
  readonly gone: readonly AppliedFile[];
}

export type FileState =
  | "applied"
  /** Not applied yet, or its text changed (repeatable files). */
  | "pending"
  /** An applied versioned file whose text is another now. */
  | "edited"
  /** The server's object was dropped or changed by hand, or belongs to an account that is gone; the next run repairs it. */
  | "drifted";

/**
 * Reads files and database; changes nothing.
 * @throws VitrineError MIGRATION_FAILED for a file that breaks a rule of sql/README.md, and for a name that two make
 */
export async function readMigrationPlan(
  db: Queryable,
  sqlDir: string,
  domains: readonly NamedDomain[],
): Promise<MigrationPlan> {
  const names = domains.map(({ name }) => name);
  const sql = await readSqlFiles(sqlDir, names);
  const problems = findFileNameProblems(sql, domains);
  if (problems.length > 0)
    throw new VitrineError("MIGRATION_FAILED", problems.join("\n"), { details: { problems } });
  const files = [...sql.versioned, ...orderByDependency(sql.repeatable)];
  // Before the log: another runner notes what it is about to make, so nothing of it passes for somebody else's.
  const server = await readOwnedObjects(db);
  const applied = new Map((await readAppliedFiles(db)).map((row) => [row.name, row]));
  const kinds = new Map(files.map((file) => [file.name, file.kind]));
  const known = new Set([engineDomain, ...names]);
  const gone = [...applied.values()].filter(
    (row) => known.has(domainOf(row.name)) && kinds.get(row.name) !== row.kind,
  );
  return { files, applied, server, gone };
}

/** What the server has; of an object whose owner it does not have no definition, so that it counts as drifted. */
async function readOwnedObjects(db: Queryable): Promise<ServerObjects> {
  const server = new Map(await readServerObjects(db));
  for (const { kind, name } of await readOrphanedObjects(db))
    if (kind !== "event") server.set(objectId(kind, name), "");
  return server;
}

/** Whether a run applied a file, or was about to: what it makes is ours. */
export const wasBegun = (plan: MigrationPlan, { name }: { readonly name: string }): boolean =>
  plan.applied.has(name);

/** Where a file stands. */
export function stateOf(plan: MigrationPlan, file: VersionedFile | OrderedFile): FileState {
  const row = plan.applied.get(file.name);
  if (row === undefined || row.kind !== file.kind || row.hash === BEGUN) return "pending";
  if (file.kind === "versioned")
    return row.hash === file.hash || file.formerHashes.includes(row.hash) ? "applied" : "edited";
  if (row.hash !== file.hash || row.fingerprint === null) return "pending";
  return plan.server.get(objectId(file.kind, file.object)) === row.fingerprint ? "applied" : "drifted";
}

/** @throws VitrineError MIGRATION_FAILED when applied versioned files were edited or are not there any more. */
export function checkHistory(plan: MigrationPlan): void {
  const edited = plan.files.filter((file) => stateOf(plan, file) === "edited").map((file) => file.name);
  if (edited.length > 0)
    throw new VitrineError(
      "MIGRATION_FAILED",
      `${edited.join(", ")}: already applied, but the text has changed since. Put the old text back and write a new migration.`,
      { details: { files: edited } },
    );
  const missing = plan.gone.filter((row) => row.kind === "versioned").map((row) => row.name);
  if (missing.length > 0)
    throw new VitrineError(
      "MIGRATION_FAILED",
      `${missing.join(", ")}: applied to this database, but not among the files. Is this checkout older than the database?`,
      { details: { files: missing } },
    );
}

/** `views/pos/sales.sql` → `pos` */
export const domainOf = (name: string): string => name.split("/")[1] ?? "";

/** `views/pos/sales.sql` → `sales` */
export const objectOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1).replace(/\.sql$/, "");
