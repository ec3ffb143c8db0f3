import { mapTables } from "./map-tables.ts";
import { refuse } from "./refusal.ts";
import type { From, Query } from "./sql-tree.ts";
import { commonTablesOf } from "./tables-of.ts";

/** A name of FROM, and whether a table or view of the database is meant by it, or the query of a WITH. */
export interface NamedTable {
  readonly table: string;
  readonly isCommon: boolean;
}

/** Whether a query calls queries of its WITH by a name that something else has: a table, a view, or another of them. */
export function hasDoubtfulNames(query: Query, taken: ReadonlySet<string>): boolean {
  const names = commonTablesOf(query).map((name) => name.toLowerCase());
  return new Set(names).size < names.length || names.some((name) => taken.has(name));
}

/** The names of FROM in the order of the text; those without a database before them are of WITH. */
export function listNamedTables(qualified: Query): readonly NamedTable[] {
  const named: NamedTable[] = [];
  mapTables(qualified, {
    table: (from) => {
      named.push({ table: from.table, isCommon: from.database === undefined });
      return from;
    },
    common: (name) => name,
  });
  return named;
}

/** The same query with the database before each name that means a table or a view: it says the same wherever it stands. */
export function qualifyTables(query: Query, named: readonly NamedTable[], database: string): Query {
  let next = 0;
  return mapTables(query, {
    table: (from) => (take(named, next++, from).isCommon ? from : { ...from, database }),
    common: (name) => name,
  });
}

/**
 * The same query with names for its queries of WITH that nothing else has, so that a name means one thing wherever it stands.
 * @param named what each name of FROM means, in the order of the text, as the server says
 * @param taken names of all tables and views, in lower case
 * @throws Refusal where it is not sure which query of WITH the server takes
 */
export function resolveNames(query: Query, named: readonly NamedTable[], taken: ReadonlySet<string>): Query {
  const used = new Set([...taken, ...commonTablesOf(query).map((name) => name.toLowerCase())]);
  const given = new Set<string>();
  const nameOf = (name: string): string => {
    const lower = name.toLowerCase();
    if (!taken.has(lower) && !given.has(lower)) {
      given.add(lower);
      return name;
    }
    for (let count = 2; ; count += 1) {
      const other = `${lower.slice(0, 55)}_${count}`;
      if (used.has(other)) continue;
      used.add(other);
      return other;
    }
  };
  let next = 0;
  const resolved = mapTables(query, {
    table: (from, scope) => {
      if (!take(named, next++, from).isCommon) return from;
      const [, called] = scope.findLast(([name]) => name === from.table.toLowerCase()) ?? [];
      return called === undefined ? refuseDoubt(from.table) : { ...from, table: called };
    },
    common: (name, scope, isWithin) => {
      // There the server has taken the outer one.
      if (isWithin && scope.some(([other]) => other === name.toLowerCase())) refuseDoubt(name);
      return nameOf(name);
    },
  });
  if (next !== named.length)
    refuse("Its names are not understood as the server does", "Write it in another way.");
  return resolved;
}

function take(
  named: readonly NamedTable[],
  index: number,
  from: From & { readonly kind: "table" },
): NamedTable {
  const found = named[index];
  return found?.table === from.table
    ? found
    : refuse("Its names are not understood as the server does", "Write it in another way.");
}

const refuseDoubt = (name: string): never =>
  refuse(`What the name ${name} means is in doubt, for a WITH hides another one`, "Give it another name.");
