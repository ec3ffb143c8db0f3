import { VitrineError } from "../errors.ts";
import type { CapturedTable } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** A column as a capture trigger needs it. */
export interface CapturedColumn {
  readonly name: string;
  readonly dataType: string;
  /** `int(5) unsigned zerofill` */
  readonly columnType: string;
  /** Null unless it holds text. */
  readonly collation: string | null;
}

/** What a capture trigger logs of a table. */
export interface CapturedColumns {
  /** Logged: the primary key, then foreign keys, then the declared keys. */
  readonly keys: readonly CapturedColumn[];
  /** Compared, and named in the list of what changed. */
  readonly others: readonly CapturedColumn[];
}

interface ColumnRow extends CapturedColumn {
  /** Expression of a generated column, with the names in back quotes. */
  readonly generation: string | null;
}

/**
 * Reads from the server which columns of a table are keys and which are compared. Left out: the period of a
 * system-versioned table, and generated columns whose sources are all compared themselves.
 * @throws VitrineError MIGRATION_FAILED when the table, its primary key or a declared column is missing.
 */
export async function readCapturedColumns(db: Queryable, captured: CapturedTable): Promise<CapturedColumns> {
  const { table } = captured;
  const rows = await db.query<ColumnRow>(
    `select column_name as name, data_type as dataType, column_type as columnType,
      collation_name as collation, generation_expression as generation
    from information_schema.columns
    where table_schema = database() and table_name = ?
      and coalesce(generation_expression, '') not in ('ROW START', 'ROW END')
    order by ordinal_position`,
    [table],
  );
  const usage = await db.query<{ name: string; isPrimary: number }>(
    `select column_name as name, constraint_name = 'PRIMARY' as isPrimary
    from information_schema.key_column_usage
    where table_schema = database() and table_name = ?
      and (constraint_name = 'PRIMARY' or referenced_table_name is not null)
    order by constraint_name <> 'PRIMARY', constraint_name, ordinal_position`,
    [table],
  );
  const fail = (problem: string): never => {
    throw new VitrineError("MIGRATION_FAILED", `Captured table ${table}: ${problem}`, { details: { table } });
  };
  if (rows.length === 0) fail("it does not exist. Correct the declaration, or migrate first.");
  const known = new Set(rows.map((row) => row.name));
  for (const name of [...(captured.keys ?? []), ...(captured.ignore ?? [])])
    if (!known.has(name)) fail(`it has no column ${name}. Correct the declaration.`);
  // The period of a system-versioned table is part of the primary key that information_schema shows.
  const primary = usage.filter((row) => Number(row.isPrimary) === 1 && known.has(row.name));
  if (primary.length === 0) fail("it has no primary key, so its rows cannot be named.");
  const keyNames = new Set([...primary, ...usage].map((row) => row.name).concat(captured.keys ?? []));
  const byName = new Map(rows.map((row) => [row.name, row]));
  const keys = [...keyNames].flatMap((name) => byName.get(name) ?? []);
  const ignored = new Set(captured.ignore ?? []);
  const compared = new Set(rows.filter((row) => !ignored.has(row.name)).map((row) => row.name));
  const isDerived = (row: ColumnRow) => {
    const sources = [...(row.generation ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    return sources.length > 0 && sources.every((name) => compared.has(name));
  };
  const others = rows.filter((row) => compared.has(row.name) && !keyNames.has(row.name) && !isDerived(row));
  return { keys, others };
}
