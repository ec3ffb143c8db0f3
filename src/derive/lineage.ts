import { Refusal } from "./refusal.ts";
import { type Body, type Expr, type From, isQuery, type Part, type Query, type Select } from "./sql-tree.ts";

/** What a value is made of: columns of base tables as `table.column`, `table.*` for rows that are only counted. */
export interface Lineage {
  readonly columns: ReadonlySet<string>;
  /** Of a JSON object, or of the objects of a list: each member's own. */
  readonly members: ReadonlyMap<string, Lineage>;
}

/** The texts of views by name; what is not among them is a base table. */
export type ViewTexts = ReadonlyMap<string, Query | Refusal>;

interface Scope {
  /** By the alias as it is written: two may differ in letter case only. */
  readonly relations: ReadonlyMap<string, Relation>;
  readonly select: Select;
  readonly outer: Scope | null;
}

interface Relation {
  column(name: string): Lineage;
  /** The base tables behind it. */
  readonly tables: readonly string[];
}

type Outputs = readonly (readonly [name: string | null, lineage: Lineage])[];

const nothing: Lineage = { columns: new Set(), members: new Map() };

/**
 * Which columns of base tables each column of a view is computed from, by its name in lower case; conditions and joins,
 * which say only which rows there are, left out. Null when the text of the view, or of one beneath it, is not understood.
 */
export function findLineage(view: string, views: ViewTexts): ReadonlyMap<string, Lineage> | null {
  try {
    return readView(view, views, new Map());
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

type Known = Map<string, ReadonlyMap<string, Lineage>>;

function readView(name: string, views: ViewTexts, known: Known): ReadonlyMap<string, Lineage> {
  const found = known.get(name);
  if (found) return found;
  const query = views.get(name);
  if (query === undefined || query instanceof Refusal) throw query ?? new Refusal(`${name} is no view.`);
  const columns = toColumns(createReader(views, known).query(query, null, new Map()));
  known.set(name, columns);
  return columns;
}

const toColumns = (outputs: Outputs): ReadonlyMap<string, Lineage> =>
  new Map(outputs.flatMap(([name, lineage]) => (name === null ? [] : [[name.toLowerCase(), lineage]])));

/** Reads the queries of views, each name in the scope that it stands in. */
function createReader(views: ViewTexts, known: Known) {
  type Named = ReadonlyMap<string, Relation>;

  function query(one: Query, outer: Scope | null, around: Named): Outputs {
    const named = new Map(around);
    for (const { name, columns, query: inner } of one.with) {
      const outputs = query(inner, outer, named);
      const renamed = outputs.map(([own, lineage], index) => [columns[index] ?? own, lineage] as const);
      named.set(name.toLowerCase(), toRelation(toColumns(renamed), tablesOfBody(inner.body, named)));
    }
    return body(one.body, outer, named);
  }

  function body(one: Body, outer: Scope | null, named: Named): Outputs {
    if (one.kind === "nested") return query(one.query, outer, named);
    if (one.kind === "set") {
      const right = body(one.right, outer, named);
      return body(one.left, outer, named).map(([name, lineage], index) => [
        name,
        union([lineage, right[index]?.[1] ?? nothing]),
      ]);
    }
    const scope: Scope = { relations: openFrom(one.from, outer, named), select: one, outer };
    return one.items.map(({ expr, name }) => [
      name ?? (expr.kind === "column" ? expr.name : null),
      lineageOf(expr, scope, named),
    ]);
  }

  function openFrom(from: From | null, outer: Scope | null, named: Named): Map<string, Relation> {
    if (from === null) return new Map();
    if (from.kind === "join")
      return new Map([...openFrom(from.left, outer, named), ...openFrom(from.right, outer, named)]);
    const relation =
      from.kind === "table"
        ? openTable(from.table, named)
        : toRelation(toColumns(query(from.query, outer, named)), tablesOfBody(from.query.body, named));
    return new Map([[from.alias, relation]]);
  }

  function openTable(table: string, named: Named): Relation {
    const common = named.get(table.toLowerCase());
    if (common) return common;
    const text = views.get(table);
    if (text === undefined)
      return {
        column: (name) => ({ columns: new Set([`${table}.${name}`]), members: new Map() }),
        tables: [table],
      };
    const tables = text instanceof Refusal ? [] : tablesOfBody(text.body, new Map());
    return toRelation(readView(table, views, known), tables);
  }

  function tablesOfBody(one: Body, named: Named): readonly string[] {
    if (one.kind === "nested") return tablesOfBody(one.query.body, named);
    if (one.kind === "set") return [...tablesOfBody(one.left, named), ...tablesOfBody(one.right, named)];
    const visit = (from: From | null): readonly string[] => {
      if (from === null) return [];
      if (from.kind === "join") return [...visit(from.left), ...visit(from.right)];
      return from.kind === "table"
        ? openTable(from.table, named).tables
        : tablesOfBody(from.query.body, named);
    };
    return visit(one.from);
  }

  function lineageOf(expr: Expr, scope: Scope, named: Named): Lineage {
    if (expr.kind === "literal") return nothing;
    if (expr.kind === "column") return findColumn(expr.table, expr.name, scope, named);
    if (expr.kind === "query") {
      const asked = expr.form === "exists" ? [] : [lineageOfQuery(expr.query, scope, named)];
      return union([...asked, ...(expr.arg ? [lineageOf(expr.arg, scope, named)] : [])]);
    }
    if (expr.kind === "call") {
      const { name, args } = expr;
      if (name === "json_object") return lineageOfObject(args, scope, named);
      // What it is sorted by is no part of it.
      if (name === "json_arrayagg") return args[0] ? lineageOf(args[0], scope, named) : nothing;
      const made = lineageOfParts(expr.parts, scope, named);
      const merges = name === "coalesce" || name === "ifnull" || name === "if" || name === "json_array";
      const shaped = merges ? union(args.map((arg) => lineageOf(arg, scope, named))) : nothing;
      if (expr.aggregate && made.columns.size === 0) return rowsOf(scope);
      return { columns: made.columns, members: shaped.members };
    }
    return lineageOfParts(expr.parts, scope, named);
  }

  const lineageOfQuery = (one: Query, scope: Scope, named: Named): Lineage =>
    union(query(one, scope, named).map(([, lineage]) => lineage));

  const lineageOfParts = (parts: readonly Part[], scope: Scope, named: Named): Lineage =>
    union(
      parts.map((part) => {
        if (typeof part === "string") return nothing;
        return isQuery(part) ? lineageOfQuery(part, scope, named) : lineageOf(part, scope, named);
      }),
    );

  function lineageOfObject(args: readonly Expr[], scope: Scope, named: Named): Lineage {
    const members = new Map<string, Lineage>();
    for (let at = 0; at + 1 < args.length; at += 2) {
      const [key, value] = [args[at], args[at + 1]];
      if (key?.kind === "literal" && value)
        members.set(key.text.slice(1, -1).replaceAll("''", "'"), lineageOf(value, scope, named));
    }
    // Keys too may be made of columns, and two values may have one key.
    return { columns: union(args.map((arg) => lineageOf(arg, scope, named))).columns, members };
  }

  function findColumn(table: string | null, name: string, from: Scope, named: Named): Lineage {
    if (table === null) return findAlias(name, from.outer, named);
    const fits = scopesFrom(from).flatMap(({ relations }) =>
      [...relations].filter(([alias]) => isSameName(alias, table)),
    );
    const [, relation] = (fits.length === 1 ? fits[0] : fits.find(([alias]) => alias === table)) ?? [];
    if (relation) return relation.column(name);
    throw new Refusal(`The column ${table}.${name} is of no table that the query reads.`);
  }

  /** In what a select gives, a name without a table is of a select around it: no other name may be written there so. */
  function findAlias(name: string, around: Scope | null, named: Named): Lineage {
    for (const scope of scopesFrom(around)) {
      const item = scope.select.items.find((one) => one.name !== null && isSameName(one.name, name));
      if (item) return lineageOf(item.expr, scope, named);
    }
    throw new Refusal(`The name ${name} is of nothing that the query tells.`);
  }

  return { query };
}

const toRelation = (columns: ReadonlyMap<string, Lineage>, tables: readonly string[]): Relation => ({
  column: (name) => {
    const found = columns.get(name.toLowerCase());
    if (!found) throw new Refusal(`The column ${name} is of no query that tells of it.`);
    return found;
  },
  tables,
});

/** A scope and those around it. */
const scopesFrom = (scope: Scope | null): readonly Scope[] =>
  scope === null ? [] : [scope, ...scopesFrom(scope.outer)];

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const rowsOf = ({ relations }: Scope): Lineage => ({
  columns: new Set([...relations.values()].flatMap(({ tables }) => tables.map((table) => `${table}.*`))),
  members: new Map(),
});

/** All that several values are made of; members of one name are one. */
function union(all: readonly Lineage[]): Lineage {
  const members = new Map<string, Lineage>();
  for (const [name, lineage] of all.flatMap((one) => [...one.members])) {
    const other = members.get(name);
    members.set(name, other ? union([other, lineage]) : lineage);
  }
  return { columns: new Set(all.flatMap(({ columns }) => [...columns])), members };
}
