import { VitrineError } from "../../errors.ts";
import { type Queryable, quoteName } from "../mariadb/mariadb.ts";

/** A base table and where it keeps when each version of a row was written and ended. */
export interface BaseTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the primary key. */
  readonly keys: readonly string[];
  /** The `row start` and `row end` columns, timestamps, named or not; null when the table keeps no such history. */
  readonly period: { readonly start: string; readonly end: string } | null;
  /** Columns of which only the present is kept. */
  readonly unversioned: readonly string[];
}

/** What the views of a database say, so that the same questions can be asked of other rows. */
export interface SchemaTexts {
  readonly database: string;
  /** Definitions with the database's name taken off, so that common table expressions can stand in. */
  readonly views: ReadonlyMap<string, ViewText>;
  readonly tables: ReadonlyMap<string, BaseTable>;
}

export interface ViewText {
  readonly sql: string;
  /** Tables and views of this database that it names. */
  readonly reads: readonly string[];
  /** Every name that stands in it behind a dot, columns among them. */
  readonly named: ReadonlySet<string>;
  /** What it reads that has no place in the history of this database; null when there is nothing. */
  readonly obstacle: string | null;
}

interface ColumnRow {
  tab: string;
  type: string;
  col: string;
  kind: string;
  role: string;
  part: string | null;
  extra: string;
}

/** What the server calls the begin and the end of a version in a table that has no columns for them: timestamps. */
const unnamedPeriod = { start: "row_start", end: "row_end" } as const;

/** Reads the views and tables of the current database. @throws VitrineError CONFIG_INVALID without the right to */
export async function readSchemaTexts(db: Pick<Queryable, "query">): Promise<SchemaTexts> {
  const [current] = await db.query<{ name: string }>("select database() as name");
  const database = current?.name ?? "";
  const columns = await db.query<ColumnRow>(
    `select c.table_name as tab, t.table_type as type, c.column_name as col, c.data_type as kind, c.column_key as role,
      c.generation_expression as part, c.extra
    from information_schema.columns as c
    join information_schema.tables as t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = database() and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
    order by c.table_name, c.ordinal_position`,
  );
  const definitions = await db.query<{ name: string; text: string | null }>(
    `select table_name as name, view_definition as text from information_schema.views
    where table_schema = database()`,
  );
  const schemas = await db.query<{ name: string }>(
    "select schema_name as name from information_schema.schemata",
  );
  const readers = await db.query<{ name: string }>(
    `select routine_name as name from information_schema.routines
    where routine_schema = database() and routine_type = 'FUNCTION' and sql_data_access <> 'NO SQL'`,
  );
  const hidden = definitions.find(({ text }) => !text);
  if (hidden)
    throw new VitrineError(
      "CONFIG_INVALID",
      `MariaDB does not show the view ${hidden.name} to this account, which asOf needs. Run \`vitrine migrate up\`, or grant it \`show view\`.`,
    );
  const tables = new Map<string, BaseTable>();
  for (const tab of new Set(columns.map((column) => column.tab))) {
    const own = columns.filter((column) => column.tab === tab);
    const part = (name: string) => own.find((row) => row.part === name && row.kind === "timestamp")?.col;
    const [start, end] = [part("ROW START"), part("ROW END")];
    const isUnnamed =
      own[0]?.type === "SYSTEM VERSIONED" && own.every(({ part: kind }) => kind !== "ROW START");
    tables.set(tab, {
      name: tab,
      columns: own.map(({ col }) => col),
      // Of a versioned table the server adds the end of the version.
      keys: own.filter(({ role, col }) => role === "PRI" && col !== end).map(({ col }) => col),
      period: start && end ? { start, end } : isUnnamed ? unnamedPeriod : null,
      unversioned: own.filter(({ extra }) => /without system versioning/i.test(extra)).map(({ col }) => col),
    });
  }
  const functions = new Set(readers.map(({ name }) => name));
  const others = new Set(schemas.map(({ name }) => name).filter((name) => name !== database));
  const names = new Set([...tables.keys(), ...definitions.map(({ name }) => name)]);
  const views = new Map(
    definitions.map(
      ({ name, text }) => [name, readView(text ?? "", { database, names, others, functions })] as const,
    ),
  );
  return { database, views, tables };
}

/** A string literal, or a chain of quoted names: all that matters of a text that the server wrote itself. */
const token = /'(?:[^'\\]|\\.|'')*'|(?:((?:from|join)\s*\(*\s*))?(`(?:[^`]|``)*`(?:\.`(?:[^`]|``)*`)*)/g;

/** Takes the database's name off; every table that the server names has it. */
function readView(
  text: string,
  {
    database,
    names,
    others,
    functions,
  }: { readonly database: string } & Readonly<Record<"names" | "others" | "functions", ReadonlySet<string>>>,
): ViewText {
  const reads = new Set<string>();
  let obstacle: string | null = null;
  const replace = (all: string, before: string | undefined, chain: string | undefined, at: number) => {
    if (chain === undefined) return all;
    const parts = (chain.match(/`(?:[^`]|``)*`/g) ?? []).map((part) =>
      part.slice(1, -1).replaceAll("``", "`"),
    );
    const [first = "", second] = parts;
    if (text.charAt(at + all.length) === "(" && functions.has(parts.at(-1) ?? ""))
      obstacle = `the function ${parts.at(-1)}, which may read tables as they are now`;
    if (second === undefined) return all;
    // `trim(… from alias.column)` looks like a table too: it counts when a database has that name.
    if (before !== undefined && parts.length === 2 && others.has(first)) obstacle = `the database ${first}`;
    if (first !== database) return all;
    if (parts.length === 2 && names.has(second)) reads.add(second);
    return (before ?? "") + parts.slice(1).map(quoteName).join(".");
  };
  const sql = text.replace(token, replace);
  const named = new Set(text.match(/(?<=\.`)(?:[^`]|``)*(?=`)/g) ?? []);
  return { sql, reads: [...reads], named, obstacle };
}

/** One whose past can be read. */
export interface VersionedTable extends BaseTable {
  readonly period: NonNullable<BaseTable["period"]>;
  /** All its row versions, as a table of a `from` clause. */
  readonly source: string;
  /** Those of its columns that the view asked for, or one that it reads, names: no other can matter to a document. */
  readonly named: readonly string[];
}

/** A condition on the row versions of one table, which go by the name of `version`. */
export type ToRows = (table: VersionedTable) => string;

/**
 * Common table expressions that stand in for a view and all that it reads: in a statement after them, the
 * view's name means the same question asked of the row versions that `toRows` selects of each base table.
 * They are merged into the statement as views are, so lookups by key stay lookups.
 * @throws VitrineError BAD_INPUT when a table keeps no history
 */
export function expandView(
  texts: SchemaTexts,
  view: string,
  toRows: ToRows,
): { readonly sql: string; readonly tables: readonly string[] } {
  const refuse = (why: string): never => {
    throw new VitrineError("BAD_INPUT", `asOf: ${view} cannot be read as of a moment: ${why}.`);
  };
  const parts = new Map<string, string>();
  const tables: string[] = [];
  const { reached, named } = reach(texts, view);
  for (const name of reached) {
    const text = texts.views.get(name);
    if (text) {
      if (text.obstacle !== null) refuse(`its view ${name} uses ${text.obstacle}`);
      parts.set(name, text.sql);
      continue;
    }
    const table = texts.tables.get(name);
    if (!table) throw new TypeError(`There is no view ${name}.`);
    const { period } = table;
    if (!period)
      return refuse(
        `its table ${name} keeps no history by time (alter table … add system versioning gives it one, from then on)`,
      );
    const lost = table.unversioned.find((column) => named.has(column));
    if (lost !== undefined) refuse(`its table ${name} keeps no history of ${lost}`);
    const source = `${quoteName(texts.database)}.${quoteName(name)} for system_time all`;
    const columns = table.columns.map(quoteName).join(", ");
    const condition = toRows({
      ...table,
      period,
      source,
      named: table.columns.filter((one) => named.has(one)),
    });
    parts.set(name, `select ${columns} from ${source} as version where ${condition}`);
    tables.push(name);
  }
  const list = [...parts].map(([name, sql]) => `${quoteName(name)} as (${sql})`);
  return { sql: `with ${list.join(", ")} `, tables };
}

/** The tables that a view reads, also through others, and that keep no history by time: `asOf` refuses what reads them. */
export const findTablesWithoutHistory = (texts: SchemaTexts, view: string): readonly string[] =>
  texts.views.has(view)
    ? [...reach(texts, view).reached].filter((name) => texts.tables.get(name)?.period === null)
    : [];

/** The view and all that it reads, each after what it reads itself, and every name that their texts have. */
function reach(texts: SchemaTexts, view: string) {
  const reached = new Set<string>();
  const named = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    const text = texts.views.get(name);
    for (const read of text?.reads ?? []) visit(read);
    for (const one of text?.named ?? []) named.add(one);
    reached.add(name);
  };
  visit(view);
  return { reached, named };
}
