import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { readExpressionText } from "./read-view-text.ts";
import { Refusal } from "./refusal.ts";
import type { Expr } from "./sql-tree.ts";

/** A foreign key of a table: rows that it names are there. */
export interface Reference {
  readonly columns: readonly string[];
  readonly table: string;
  /** In the order of `columns`. */
  readonly targets: readonly string[];
}

/** What a table says of its columns beside their types. */
export interface TableFacts {
  readonly comment: string;
  /** Of columns that have one. */
  readonly comments: ReadonlyMap<string, string>;
  readonly references: readonly Reference[];
  /** Columns that hold JSON. */
  readonly json: ReadonlySet<string>;
  /** Columns that a check constraint forbids to be null. */
  readonly filled: ReadonlySet<string>;
  /** The texts that a check constraint or an enum allows in a column. */
  readonly sets: ReadonlyMap<string, readonly string[]>;
}

const noFacts: TableFacts = {
  comment: "",
  comments: new Map(),
  references: [],
  json: new Set(),
  filled: new Set(),
  sets: new Map(),
};

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly comment: string;
  readonly about: string;
}

/** Reads them for the tables of the current database. The parser must be prepared. */
export async function readTableFacts(db: Pick<Queryable, "query">): Promise<(table: string) => TableFacts> {
  const columns = await db.query<ColumnRow>(
    `select c.table_name as \`table\`, column_name as name, column_type as type, column_comment as comment,
      table_comment as about
    from information_schema.columns as c
    join information_schema.tables as t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
    order by c.table_name, ordinal_position`,
  );
  const checks = await db.query<{ table: string; clause: string }>(
    `select table_name as \`table\`, check_clause as clause from information_schema.check_constraints
    where constraint_schema = database()`,
  );
  const references = await readReferences(db);
  const facts = new Map<string, TableFacts>();
  for (const name of new Set(columns.map((row) => row.table))) {
    const own = columns.filter((row) => row.table === name);
    const said = checks.filter((row) => row.table === name).flatMap((row) => readConjuncts(row.clause));
    facts.set(name, {
      comment: own[0]?.about ?? "",
      comments: new Map(own.flatMap((row) => (row.comment === "" ? [] : [[row.name, row.comment]]))),
      references: references.get(name) ?? [],
      json: new Set(said.flatMap((one) => columnOfCall(one, "json_valid"))),
      filled: new Set(said.flatMap((one) => columnOfOperator(one, "is not null"))),
      sets: new Map([...own.flatMap(readEnum), ...said.flatMap(readSet)]),
    });
  }
  return (table) => facts.get(table) ?? noFacts;
}

async function readReferences(
  db: Pick<Queryable, "query">,
): Promise<ReadonlyMap<string, readonly Reference[]>> {
  const rows = await db.query<{ name: string; owner: string; column: string; table: string; target: string }>(
    `select constraint_name as name, table_name as owner, column_name as \`column\`,
      referenced_table_name as \`table\`, referenced_column_name as target
    from information_schema.key_column_usage
    where table_schema = database() and referenced_table_schema = database()
    order by table_name, constraint_name, ordinal_position`,
  );
  const keys = new Map<string, typeof rows>();
  for (const row of rows) {
    const key = JSON.stringify([row.owner, row.name]);
    keys.set(key, [...(keys.get(key) ?? []), row]);
  }
  const byOwner = new Map<string, Reference[]>();
  for (const [first, ...others] of keys.values()) {
    if (!first) continue;
    const parts = [first, ...others];
    const reference = {
      columns: parts.map((row) => row.column),
      table: first.table,
      targets: parts.map((row) => row.target),
    };
    byOwner.set(first.owner, [...(byOwner.get(first.owner) ?? []), reference]);
  }
  return byOwner;
}

/** What must hold of every row: the parts of a conjunction. What is not understood says nothing. */
function readConjuncts(clause: string): readonly Expr[] {
  try {
    return conjunctsOf(readExpressionText(clause));
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/** The parts of a conjunction, which all hold when it does. */
export const conjunctsOf = (expr: Expr): readonly Expr[] =>
  expr.kind === "operator" && expr.name === "and" ? expr.args.flatMap(conjunctsOf) : [expr];

const columnOfCall = (expr: Expr, name: string): readonly string[] =>
  expr.kind === "call" && expr.name === name && expr.args[0]?.kind === "column" ? [expr.args[0].name] : [];

const columnOfOperator = (expr: Expr, name: string): readonly string[] =>
  expr.kind === "operator" && expr.name === name && expr.args[0]?.kind === "column"
    ? [expr.args[0].name]
    : [];

type ClosedSet = readonly [column: string, texts: readonly string[]];

/** `status in ('placed', 'shipped')` */
function readSet(expr: Expr): readonly ClosedSet[] {
  if (expr.kind !== "operator" || expr.name !== "in") return [];
  const [column, ...values] = expr.args;
  const texts = values.map(textOf);
  return column?.kind === "column" && texts.length > 0 && texts.every((text) => text !== null)
    ? [[column.name, texts]]
    : [];
}

const textOf = (expr: Expr): string | null =>
  expr.kind === "literal" && /^'.*'$/s.test(expr.text)
    ? expr.text.slice(1, -1).replaceAll("''", "'").replaceAll("\\\\", "\\")
    : null;

function readEnum({ name, type }: ColumnRow): readonly ClosedSet[] {
  if (!/^enum\(/i.test(type)) return [];
  const texts = [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) => text.replaceAll("''", "'"));
  return [[name, texts]];
}
