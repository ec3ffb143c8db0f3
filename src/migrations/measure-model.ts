import type { DocumentModel } from "../models/model.ts";
import { type MariaDb, type MariaDbConnection, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

/** What it costs to make one document of its view. */
export interface DocumentCost {
  readonly id: string;
  /** Rows and index entries that the server looked at. */
  readonly reads: number;
  readonly ms: number;
  /** Tables, as the view calls them, that were read from end to end, but for those of a page or two. */
  readonly scans: readonly { readonly table: string; readonly rows: number }[];
}

/** Of a statement that ran longer than it may. */
const STATEMENT_TIMEOUT = 1969;
/** Fewer rows than these are rightly read from end to end. */
const FEW_ROWS = 100;

/**
 * Reads one document, the first that the view gives, twice, and measures the second time.
 * @param limitS no statement of it runs longer, in seconds
 * @returns undefined when there is none; `late` when it takes longer
 */
export const measureModel = (
  db: MariaDb,
  model: Pick<DocumentModel, "name" | "key" | "keyParts" | "columns">,
  limitS = 10,
): Promise<DocumentCost | "late" | undefined> =>
  db.withConnection(async (connection) => {
    await connection.run("set max_statement_time = ?", [limitS]);
    try {
      return await measure(connection, model);
    } catch (error) {
      if (sqlErrorOf(error)?.errno === STATEMENT_TIMEOUT) return "late";
      throw error;
    } finally {
      await connection.run("set max_statement_time = default");
    }
  });

async function measure(
  connection: MariaDbConnection,
  { name, key, keyParts = [key], columns }: Pick<DocumentModel, "name" | "key" | "keyParts" | "columns">,
): Promise<DocumentCost | undefined> {
  const keyColumn = quoteName(columns[key] ?? "");
  // By what an index holds.
  const parts = keyParts.map((part) => quoteName(columns[part] ?? ""));
  const places = parts.map((part, at) => `${part} as part_${at}`);
  const [first] = await connection.query<Record<string, string | number | null>>(
    `select ${keyColumn} as id, ${places.join(", ")} from ${quoteName(name)} where ${keyColumn} is not null limit 1`,
  );
  if (!first) return undefined;
  const names = Object.values(columns).map(quoteName).join(", ");
  const sql = `select ${names} from ${quoteName(name)} where ${parts.map((part) => `${part} = ?`).join(" and ")}`;
  const values = parts.map((_, at) => first[`part_${at}`] ?? null);
  await connection.query(sql, values);
  // What it costs to ask for the counters, to be taken off.
  const idle = -(await readCounters(connection)) + (await readCounters(connection));
  const before = await readCounters(connection);
  const begin = performance.now();
  await connection.query(sql, values);
  const ms = performance.now() - begin;
  const reads = (await readCounters(connection)) - before - idle;
  const plan = await connection.query<{ table: string | null; type: string | null; rows: string | number }>(
    `explain ${sql}`,
    values,
  );
  const scans = new Map<string, number>();
  for (const { table, type, rows } of plan)
    if (
      table !== null &&
      !table.startsWith("<") &&
      /^(?:ALL|index)$/.test(type ?? "") &&
      Number(rows) > FEW_ROWS
    )
      scans.set(table, Math.max(scans.get(table) ?? 0, Number(rows)));
  return {
    ...{ id: String(first.id), reads, ms },
    scans: [...scans].map(([table, rows]) => ({ table, rows })),
  };
}

async function readCounters(connection: MariaDbConnection): Promise<number> {
  const rows = await connection.query<{ Value: string }>("show session status like 'Handler_read%'");
  return rows.reduce((sum, row) => sum + Number(row.Value), 0);
}

/** The same for people. */
export function describeCost(model: string, cost: DocumentCost | "late" | undefined): readonly string[] {
  if (cost === "late") return [`Costly: one document of ${model} takes longer than ten seconds.`];
  if (cost === undefined) return [`Cost: there is no document of ${model} to measure.`];
  const { id, reads, ms, scans } = cost;
  return [
    `Cost: the document ${id} took ${reads} rows and index entries, ${ms.toFixed(1)} ms.`,
    ...scans.map(
      ({ table, rows }) =>
        `Costly: it reads all of ${table}, about ${rows} rows. An index on what it is found by makes it a look-up.`,
    ),
  ];
}
