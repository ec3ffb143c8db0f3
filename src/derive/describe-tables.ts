import { changeTableOf } from "../models/derived-names.ts";
import { columnOf, columnsOf, compare, type Instance, replaceColumns, type Value } from "./block.ts";
import type { CatalogueTable } from "./catalogue.ts";
import type { Join, JoinedColumn, LoggedColumn, TableUse, Term, Way } from "./derivation.ts";
import { columnsOfHop } from "./find-joint-routes.ts";
import type { Hop, Route } from "./find-routes.ts";
import { computeFromKeys, keysOf } from "./logged-columns.ts";
import { printQuery } from "./print-query.ts";
import { refuse } from "./refusal.ts";
import type { Rules } from "./rules.ts";
import { mayBeNull } from "./value-types.ts";

/** One use of a table, and how it finds its documents. */
export interface Found {
  readonly instance: Instance;
  readonly start: Instance | null;
  readonly route: Route;
  readonly isEvery: boolean;
}

/** Puts the uses of each table together, and leaves out what another way says already. */
export function describeTables(all: readonly Found[], rules: Rules): readonly TableUse[] {
  const tables = new Map<string, Found[]>();
  for (const found of all) {
    const name = found.instance.table?.name;
    if (name !== undefined) tables.set(name, [...(tables.get(name) ?? []), found]);
  }
  return [...tables]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, uses]) => describeTable(uses, all, rules));
}

function describeTable(uses: readonly Found[], all: readonly Found[], rules: Rules): TableUse {
  const table = uses[0]?.instance.table;
  if (!table) throw new Error("A use of no table.");
  if (table.primaryKey.length === 0)
    refuse(`Table ${table.name} has no primary key`, "Give it one: its changes name rows by it.");
  const logged = keysOf(table);
  const columns = inOrder(
    table,
    new Set(uses.flatMap(({ instance }) => withSources(table, instance.used, rules))),
  );
  const keys = inOrder(
    table,
    new Set([
      ...uses.flatMap(({ instance, route }) => keysToLog(instance, route)),
      ...all.flatMap(({ route }) => keysOfHops(table, route)),
    ]),
  );
  const isKey = (column: string) => logged.has(column) || keys.includes(column);
  const ways = uses.map((found) => {
    // A generated key that moves is logged as a move, whatever it is computed from.
    const used = [...found.instance.used].filter((column) => !isKey(column));
    const changed = inOrder(table, new Set(withSources(table, used, rules)));
    return toWay(
      found,
      changed.filter((column) => !isKey(column)),
    );
  });
  return { table: table.name, columns, keys, ways: mergeWays(ways, rules) };
}

const inOrder = (table: CatalogueTable, names: ReadonlySet<string>): readonly string[] =>
  [...table.columns.keys()].filter((name) => names.has(name));

/** Columns, and what generated ones among them are computed from: a change names those. */
function withSources(table: CatalogueTable, used: Iterable<string>, rules: Rules): readonly string[] {
  const all = new Set(used);
  // A set grows while it is walked through.
  if (rules.generatedSources)
    for (const name of all) for (const source of table.columns.get(name)?.sources ?? []) all.add(source);
  return [...all];
}

const valuesOf = (route: Route): readonly Value[] => [
  ...route.hops.flatMap((hop) => hop.conditions),
  route.id,
];

function keysToLog(instance: Instance, route: Route): readonly string[] {
  const { table } = instance;
  if (!table) return [];
  const logged = keysOf(table);
  const left = valuesOf(route).flatMap((value) => columnsOf(value) ?? []);
  // A way to every document begins with a join of the root, not with the row.
  const isJoined = route.hops.some((hop) => hop.instance === instance);
  return left
    .filter((one) => one.instance === instance && !isJoined)
    .map((one) => one.column)
    .filter((name) => !logged.has(name) && computeFromKeys(instance, name) === null);
}

/** What others, on whose way to a document the rows of a table lie, look for in its change table. */
const keysOfHops = (table: CatalogueTable, route: Route): readonly string[] =>
  route.hops
    .filter((hop) => hop.isLogged && hop.instance.table === table)
    .flatMap((hop) =>
      columnsOfHop(route, hop).flatMap((name) => {
        const sum = computeFromKeys(hop.instance, name);
        return sum === null && !keysOf(table).has(name) ? [name] : [];
      }),
    );

function toWay({ instance, start, route, isEvery }: Found, changed: readonly string[]): Way {
  const toTerm = createTerms(isEvery ? null : instance, route.hops);
  const isScan = route.hops.some((hop) => hop.isScan);
  return {
    kind: isEvery ? "every" : isScan ? "scan" : "precise",
    changed,
    joins: route.hops.map((hop) => toJoin(hop, toTerm)),
    id: toTerm(asText(route.id)),
    mayBeNull: start !== null && hasNulls(route.id),
  };
}

/** An id of text in the form in which all ids are told apart: by each letter. */
function asText(id: Value): Value {
  const collations = (columnsOf(id) ?? []).map((one) => columnOf(one)?.collation ?? null);
  const texts = collations.filter((collation) => collation !== null);
  if (texts.every((collation) => collation === idCollation)) return id;
  const parts = ["convert(", id, ` using utf8mb4) collate ${idCollation}`];
  return { kind: "made", name: `collate ${idCollation}`, args: [id], parts };
}

const idCollation = "utf8mb4_nopad_bin";

/** Whether the id of a row may be null. */
const hasNulls = (id: Value): boolean => canBeNull(fromKeys(id));

function canBeNull(value: Value): boolean {
  if (value.kind === "made" && value.name === "json_array") return false;
  if (value.kind === "column") return value.instance.table !== null && mayBeNull(value, value.instance.block);
  return (
    value.kind === "made" &&
    (!/^(?:[-+*]|concat|cast char.*|collate .*)$/.test(value.name) || value.args.some(canBeNull))
  );
}

const fromKeys = (value: Value): Value =>
  replaceColumns(value, (one) => computeFromKeys(one.instance, one.column) ?? one);

function toJoin(hop: Hop, toTerm: (value: Value) => Term): Join {
  const { table, constant } = hop.instance;
  const alias = hop.isLogged ? `${hop.instance.alias}_before` : hop.instance.alias;
  const source = table
    ? { table: hop.isLogged ? changeTableOf(table.name) : table.name }
    : typeof constant === "string"
      ? { table: constant }
      : { query: constant === null ? "" : `(${printQuery(constant)})` };
  return {
    source,
    alias,
    on: hop.conditions.map((condition) => toTerm(turn(condition, hop.instance))),
    isScan: hop.isScan,
  };
}

/** `joined = known`, as a person would write it. */
function turn(condition: Value, joined: Instance): Value {
  if (condition.kind !== "made" || condition.name !== "=") return condition;
  const [left, right] = condition.args;
  if (right?.kind !== "column" || right.instance !== joined || left === undefined) return condition;
  return left.kind === "column" && left.instance === joined ? condition : compare("=", right, left);
}

/** Values as terms: columns of the row that changed are logged, all others are joined. */
function createTerms(changed: Instance | null, hops: readonly Hop[]): (value: Value) => Term {
  const toColumn = (value: Value & { readonly kind: "column" }): LoggedColumn | JoinedColumn => {
    const join = hops.findIndex((hop) => hop.instance === value.instance);
    if (value.instance !== changed) return { from: "join", join, column: value.column };
    return { from: "log", column: value.column };
  };
  const visit = (value: Value): Term => {
    if (value.kind === "column") return [toColumn(value)];
    if (value.kind === "constant") return [value.text];
    if (value.kind === "opaque") throw new Error("A route leads through what is not known.");
    return value.parts.flatMap((part) => (typeof part === "string" ? [part] : visit(part)));
  };
  const isLogged = (instance: Instance) => hops.some((hop) => hop.isLogged && hop.instance === instance);
  return (value) =>
    visit(
      replaceColumns(value, (one) =>
        one.instance === changed || isLogged(one.instance)
          ? (computeFromKeys(one.instance, one.column) ?? one)
          : one,
      ),
    );
}

/**
 * Equal ways once, with the columns of all; and none beside a way to every document that covers it, but for the way
 * of the row that the id comes from: when that is gone, it is not among every document any more.
 */
function mergeWays(ways: readonly Way[], rules: Rules): readonly Way[] {
  const merged = new Map<string, Way>();
  for (const way of ways) {
    const key = JSON.stringify([way.joins.map(({ source, on }) => [source, on]), way.id]);
    const known = merged.get(key);
    const changed = [...new Set([...(known?.changed ?? []), ...way.changed])];
    merged.set(key, { ...way, changed });
  }
  const all = [...merged.values()];
  const every = all.filter((way) => way.kind === "every");
  const isCovered = (way: Way) =>
    every.some((other) => way.changed.every((column) => other.changed.includes(column)));
  const isOwn = (way: Way) => way.joins.length === 0 && rules.rootNamesItself;
  return all.filter((way) => way.kind === "every" || isOwn(way) || !isCovered(way));
}
