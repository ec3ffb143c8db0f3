import { type Sources, splitSource } from "../core/capture-notes.ts";
import { type Queryable, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

interface TableSource {
  /** Which server gave the numbers. */
  readonly server: string;
  /** Numbers of the tables that the engine keeps the rows in, and the partitions: others after a swap or a rebuild. */
  readonly rows: string;
  readonly partitions: readonly Part[];
  readonly columns: readonly Part[];
}

/** Name and hash. */
type Part = readonly [string, string];

/**
 * No such routine; no right to it, which is what an account of few rights is told once a routine is dropped; its owner does
 * not exist.
 */
const routineMissing: ReadonlySet<number> = new Set([1305, 1370, 1449]);

/** Whether an error says that a routine is of no use, as in a database that was restored without it or without its owner. */
export const isRoutineMissing = (error: unknown): boolean =>
  routineMissing.has(sqlErrorOf(error)?.errno ?? 0);

/**
 * What is in the database now, also as the loader. Takes a few milliseconds; waits up to 5 s for a table that is being
 * altered. The error of a database without its function is one of isRoutineMissing.
 */
export async function readSources(db: Queryable): Promise<Sources> {
  const [row] = await db.query<{ sources: string | null }>("select vitrine_read_sources() as sources");
  // As the function writes it.
  const parts = JSON.parse(row?.sources ?? "[]") as readonly (readonly [string, string, string, string])[];
  const server = parts.find(([kind]) => kind === "server")?.[3] ?? "";
  const tables = new Map<string, { server: string; rows: string; partitions: Part[]; columns: Part[] }>();
  const sources = new Map<string, string>();
  const tableOf = (name: string) => {
    const table = tables.get(name) ?? { server, rows: "", partitions: [], columns: [] };
    tables.set(name, table);
    return table;
  };
  for (const [kind, object, part, hash] of parts)
    if (kind === "table") tableOf(object).rows = hash;
    else if (kind === "partition") tableOf(object).partitions.push([part, hash]);
    else if (kind === "column") tableOf(object).columns.push([part, hash]);
    else if (kind !== "server") sources.set(`${kind} ${object}`, JSON.stringify(hash));
  for (const [name, table] of tables) sources.set(`table ${name}`, JSON.stringify(table));
  return sources;
}

/** Name of `table order` without what it is. */
export const nameOf = (object: string): string => splitSource(object)[1];

export interface SourceDifferences {
  /** Tables whose rows may be others, or say something else, without a write. */
  readonly rows: readonly string[];
  /** Views and routines that say something else, and whatever was not there before. */
  readonly texts: readonly string[];
  /** Tables that have columns more, for which nobody asks without another text, or are told of by another server. */
  readonly grown: readonly string[];
}

/** What its owner did to a table, in words; empty when it was written anew and nothing else. */
export function describeAltered(noted: Sources, now: Sources, table: string): string {
  const [before, after] = [noted.get(table), now.get(table)];
  if (after === undefined) return "gone";
  if (before === undefined || !table.startsWith("table ")) return "";
  // As readSources writes them.
  const columns = (text: string) => new Map((JSON.parse(text) as TableSource).columns);
  const [old, fresh] = [columns(before), columns(after)];
  const list = (names: readonly string[], what: string) =>
    names.length === 0 ? [] : [`${what} ${names.join(", ")}`];
  return [
    ...list(
      [...old.keys()].filter((name) => !fresh.has(name)),
      "without",
    ),
    ...list(
      [...fresh.keys()].filter((name) => !old.has(name)),
      "with",
    ),
    ...list(
      [...old].flatMap(([name, says]) => (fresh.has(name) && fresh.get(name) !== says ? [name] : [])),
      "another",
    ),
  ].join(", ");
}

/** What became of the objects that were noted. */
export function compareSources(noted: Sources, now: Sources): SourceDifferences {
  const rows: string[] = [];
  const texts: string[] = [];
  const grown: string[] = [];
  for (const object of new Set([...noted.keys(), ...now.keys()])) {
    const [before, after] = [noted.get(object), now.get(object)];
    if (before === after) continue;
    if (before === undefined || !object.startsWith("table ")) texts.push(object);
    else if (after !== undefined && hasGrown(before, after)) grown.push(object);
    else rows.push(object);
  }
  return { rows, texts, grown };
}

/**
 * Whether nothing but columns came to a table; those of before are in the same order, or two have changed names. The
 * numbers of two servers (nodes of a cluster, a replica that took over) say nothing of each other.
 */
function hasGrown(noted: string, now: string): boolean {
  // As readSources writes them.
  const [before, after] = [JSON.parse(noted), JSON.parse(now)] as [TableSource, TableSource];
  const known = new Set(before.columns.map(([name]) => name));
  const kept = after.columns.filter(([name]) => known.has(name));
  const isOneServer = before.server === after.server;
  const text = ({ rows, partitions }: TableSource, columns: readonly Part[]) =>
    JSON.stringify([isOneServer && rows, partitions, columns]);
  return text(before, before.columns) === text(after, kept);
}
