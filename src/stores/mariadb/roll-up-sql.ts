import type { Dimension } from "../../models/cube.ts";
import type { ScalarField } from "../../models/field.ts";
import { type DocumentId, toColumnName } from "../../models/model.ts";
import { isCyclic, type Period } from "../../models/period.ts";
import { GROUP_KEY, isRollUp, type RollUpModel } from "../../models/roll-up.ts";
import { keySql, measureSql } from "./live-cube.ts";
import { equalsAny, filterColumn, isNull, joinSql, type SqlFragment, sqlFragment } from "./live-filter.ts";
import { quoteName } from "./mariadb.ts";
import type { CubeView, LiveView } from "./text-columns.ts";

/**
 * The groups of a roll-up over the facts that fit: a column per field. One row is one document. Its text is also that of
 * the roll-up's view, so what it says of a key must be what a touched view can say of a row that was logged.
 */
export function toGroupsSql(facts: CubeView, rollUp: RollUpModel, where: SqlFragment | null): SqlFragment {
  const { by, determined, measures } = rollUp.rollUp;
  const keys = by.map((dimension) => exactKey(facts, dimension));
  const told = [...by, ...determined].map((dimension) => ({
    sql: exactKey(facts, dimension),
    column: quoteName(toColumnName(dimension.name)),
  }));
  const held = measures.map((name) => ({ ...measureSql(facts, name), column: toColumnName(name) }));
  const columns = [
    // As text: what is JSON would be an array in JSON that is made of it.
    `${asText(`json_array(\n${keys.map((key) => `        ${asText(key)}`).join(",\n")}\n    )`)} as ${toColumnName(GROUP_KEY)}`,
    ...told.map(({ sql, column }) => asColumn(sql, column)),
    ...held.map(({ sql, column }) => `${sql} as ${quoteName(column)}`),
  ];
  return {
    sql: [
      `select\n${columns.map((column) => `    ${column}`).join(",\n")}`,
      `from ${quoteName(facts.model.name)}`,
      ...(where ? [`where ${where.sql}`] : []),
      `group by\n${told.map(({ sql }) => `    ${sql}`).join(",\n")}`,
    ].join("\n"),
    values: [...held.flatMap(({ values }) => values), ...(where?.values ?? [])],
  };
}

const asColumn = (sql: string, name: string): string => (sql === name ? name : `${sql} as ${name}`);

const asText = (sql: string): string => `cast(${sql} as char) collate utf8mb4_nopad_bin`;

/** A key of which equal values are the same, as the server can see. */
function exactKey(facts: CubeView, { name, field, period }: Dimension): string {
  if (period !== null) return isCyclic(period) ? keySql(facts, name) : `cast(${keySql(facts, name)} as date)`;
  const { column, odd } = filterColumn(facts, field);
  return odd ? asText(column) : column;
}

/** What is known of the documents that a statement asks for. */
export interface Wanted {
  /** No others. */
  readonly ids?: readonly DocumentId[];
  /** Only those that follow it in the order of the ids. */
  readonly after?: DocumentId | null;
}

/**
 * What a statement over a model's documents reads: its view; of a roll-up the groups of those facts that any of the
 * wanted documents may be of, which indexes find. The statement still has to say which documents it wants.
 */
export function sourceOf({ model, facts }: LiveView, wanted: Wanted): SqlFragment {
  const name = quoteName(model.name);
  if (!facts || !isRollUp(model)) return sqlFragment(name);
  const where = wanted.ids
    ? ofGroups(facts, model, wanted.ids)
    : afterGroup(facts, model, wanted.after ?? null);
  const { sql, values } = toGroupsSql(facts, model, where);
  return { sql: `(${sql}) as ${name}`, values };
}

type GroupKeys = readonly (string | null)[];

/** The values that an id is made of; undefined for what is the id of no group. */
function readGroupId({ rollUp }: RollUpModel, id: DocumentId): GroupKeys | undefined {
  try {
    const keys: unknown = JSON.parse(id);
    const isKey = (one: unknown): one is string | null => one === null || typeof one === "string";
    return Array.isArray(keys) && keys.length === rollUp.by.length && keys.every(isKey) ? keys : undefined;
  } catch {
    return undefined;
  }
}

/** Facts whose key is, in each dimension, that of one of the groups. */
function ofGroups(facts: CubeView, model: RollUpModel, ids: readonly DocumentId[]): SqlFragment {
  const groups = ids.flatMap((id) => [readGroupId(model, id)].filter((keys) => keys !== undefined));
  if (groups.length === 0) return sqlFragment("false");
  const conditions = model.rollUp.by.flatMap((dimension, at) => {
    const values = [...new Set(groups.map((keys) => keys[at] ?? null))];
    return isAmong(facts, dimension, values) ?? [];
  });
  return joinSql(conditions, "and", "true");
}

/** Null where nothing is to be said that an index could look up. */
function isAmong(facts: CubeView, { field, type, period }: Dimension, values: GroupKeys): SqlFragment | null {
  if (period !== null && isCyclic(period)) return null;
  const column = filterColumn(facts, field);
  const known = values.filter((value) => value !== null);
  if (!known.every((value) => isValueOf(type, value))) return null;
  const found = type.kind === "date" ? isBetween(column.column, period, known) : equalsAny(column, known);
  if (found === null) return null;
  const parts = [
    ...(known.length > 0 ? [found] : []),
    ...(known.length < values.length ? [sqlFragment(isNull(column))] : []),
  ];
  return joinSql(parts, "or", "false");
}

const patterns: Readonly<Partial<Record<ScalarField["kind"], RegExp>>> = {
  int: /^-?\d{1,10}$/,
  bigint: /^-?\d{1,19}$/,
  decimal: /^-?\d+(?:\.\d+)?$/,
  date: /^(?!0000)\d{4}-(?!00)\d\d-(?!00)\d\d$/,
};

const isValueOf = ({ kind }: ScalarField, value: string): boolean => patterns[kind]?.test(value) ?? true;

/** More ranges than these are one. */
const MOST_RANGES = 50;

/** Days of these periods, in as few ranges as there are. */
function isBetween(column: string, period: Period | null, starts: readonly string[]): SqlFragment | null {
  const ranges: [from: string, below: string][] = [];
  for (const from of [...starts].sort()) {
    const below = endOf(period, from);
    if (below === null) return null;
    const last = ranges.at(-1);
    if (last?.[1] === from) last[1] = below;
    else ranges.push([from, below]);
  }
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (!first || !last) return sqlFragment("false");
  const few = ranges.length > MOST_RANGES ? [[first[0], last[1]] as const] : ranges;
  const between = few.map(([from, below]) =>
    sqlFragment(`${column} >= cast(? as date) and ${column} < cast(? as date)`, from, below),
  );
  return joinSql(between, "or", "false");
}

/** The day after a period that begins on this day; null for what no range of days is. */
function endOf(period: Period | null, start: string): string | null {
  const day = new Date(`${start}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return null;
  switch (period) {
    case "hour":
    case "weekday":
      return null;
    case null:
    case "day":
      day.setUTCDate(day.getUTCDate() + 1);
      break;
    case "week":
      day.setUTCDate(day.getUTCDate() + 7);
      break;
    case "month":
      day.setUTCMonth(day.getUTCMonth() + 1);
      break;
    case "quarter":
      day.setUTCMonth(day.getUTCMonth() + 3);
      break;
    case "year":
      day.setUTCFullYear(day.getUTCFullYear() + 1);
      break;
  }
  // Later years have more digits than a date.
  return day.getUTCFullYear() > 9999 ? null : day.toISOString().slice(0, 10);
}

/** Facts of the groups that follow one: ids begin with the first key, and days sort as their texts; none comes last. */
function afterGroup(facts: CubeView, model: RollUpModel, after: DocumentId | null): SqlFragment | null {
  const [first] = model.rollUp.by;
  const [from] = (after === null ? undefined : readGroupId(model, after)) ?? [];
  if (first?.type.kind !== "date" || typeof from !== "string" || !isValueOf(first.type, from)) return null;
  const column = filterColumn(facts, first.field);
  return sqlFragment(`(${column.column} >= cast(? as date) or ${isNull(column)})`, from);
}
