import type { ShapedRelation } from "../derive/read-shapes.ts";
import type { Reference } from "../derive/table-facts.ts";
import { pluralOf } from "../models/derived-names.ts";
import { toColumnName } from "../models/model.ts";
import { type Queryable, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { toColumnField } from "./column-fields.ts";
import { firstFree, singularOf } from "./init-names.ts";
import { type ColumnField, type FoundField, type Open, toColumnFields } from "./model-fields.ts";
import type { ChildList } from "./model-texts.ts";
import { toColumnReference, toSqlName } from "./reserved-words.ts";
import { printShown } from "./shown-columns.ts";

/** More rows than this of one parent belong into documents of their own, not into a list of its. */
const MOST_ITEMS = 500;
/** Longest time that counting the rows of a table's parents may take. */
const COUNT_SECONDS = 20;
/** What the server says of a statement that it has ended for its time. */
const tookTooLong = 1969;
/** From here on a list says how many items are expected. */
const MANY_ITEMS = 10;

/** A foreign key by which rows of one table belong to rows of another. */
export interface ChildKey {
  readonly child: ShapedRelation;
  readonly reference: Reference;
}

/** How many rows belong to a row; null: it could not be counted in time. */
export interface ChildCounts {
  readonly average: number;
  readonly most: number;
}

/**
 * Counts by an index, as a foreign key has one.
 * @throws the server's error, but that it took too long: the table has gone, or a right is lacking
 */
export async function countChildren(
  db: Queryable,
  { child, reference }: { readonly child: Pick<ShapedRelation, "name">; readonly reference: Reference },
  seconds = COUNT_SECONDS,
): Promise<ChildCounts | null> {
  const columns = reference.columns.map(quoteName).join(", ");
  try {
    const [row] = await db.query<{ average: string | null; most: string | null }>(
      `set statement max_statement_time = ${seconds} for
      select avg(n) as average, max(n) as most
      from (select count(*) as n from ${quoteName(child.name)}
        where ${quoteName(reference.columns[0] ?? "")} is not null group by ${columns}) as counted`,
    );
    return { average: Number(row?.average ?? 0), most: Number(row?.most ?? 0) };
  } catch (error) {
    if (sqlErrorOf(error)?.errno === tookTooLong) return null;
    throw error;
  }
}

/** Why rows of a child are no list of its parent; null: they can be one. */
export function refuseList(child: ShapedRelation, counts: ChildCounts | null): string | null {
  const keys = child.known.catalogue.get(child.name)?.primaryKey ?? [];
  if (keys.length === 0)
    return `${child.name} has no primary key, so nobody can be told which of its rows changed`;
  if (counts === null) return `its rows could not be counted within ${COUNT_SECONDS} s`;
  return counts.most > MOST_ITEMS
    ? `up to ${counts.most} rows of ${child.name} belong to one, which makes a document too large to be written anew for each of them`
    : null;
}

export interface ListOptions {
  /** The table whose rows they belong to. */
  readonly parent: string;
  readonly counts: ChildCounts;
  /** Names of the parent's fields. */
  readonly taken: ReadonlySet<string>;
  readonly addLinks: (fields: readonly FoundField[]) => readonly FoundField[];
}

/**
 * The rows of a child that belong to a row, as a list of objects: every column that JSON can show, but the key that says
 * to which row they belong.
 * @returns null when no field can be called after it, or none of its columns can be shown
 */
export function makeChildList({ child, reference }: ChildKey, options: ListOptions): ChildList | null {
  const { parent, counts, taken } = options;
  const { fields, open } = toColumnFields(child, false);
  const shown = fields
    .filter(({ column }) => !reference.columns.includes(column))
    .map((one) => ({ ...one, field: toItemField(one.field) }));
  const name = nameList(child.name, reference, taken);
  if (name === undefined || shown.length === 0) return null;
  const item: FoundField = {
    ...{ kind: "object", name, description: `A row of ${child.name}.`, nullable: false, filter: false },
    ...{ decide: [], refersTo: null, open: open.map(toPart) },
    members: options.addLinks(shown.map((one) => one.field)),
  };
  const expected = Math.ceil(counts.average);
  const field: FoundField = {
    ...{ kind: "list", name, nullable: false, filter: false, decide: [], refersTo: null, mayBeNull: false },
    description: `The rows of ${child.name} that belong to it.`,
    ...{ item, expected: expected > MANY_ITEMS ? expected : undefined },
  };
  return { field, table: child.name, sql: printList(child, reference, parent, shown) };
}

/** Inside of a list nothing is looked for; `id` is what a document is called by. */
const toItemField = (field: FoundField): FoundField => ({
  ...field,
  filter: false,
  name: field.name === "id" ? "ownId" : field.name,
});

const toPart = (open: Open): Open => ({ ...open, isText: false });

/** `orderItems`; where two foreign keys lead to one table, `transfersBySender`. */
function nameList(table: string, { columns }: Reference, taken: ReadonlySet<string>): string | undefined {
  const field = toColumnField(table);
  if (field === undefined) return undefined;
  const own = toColumnName(field);
  const many = toColumnField(singularOf(own) === null ? pluralOf(own) : own) ?? field;
  const by = toColumnField((columns[0] ?? "").replace(/_?id$/i, "")) ?? "";
  const others = [`${many}By${by.charAt(0).toUpperCase()}${by.slice(1)}`, `${many}OfIt`];
  return firstFree([many, ...(by === "" ? [] : others)], taken);
}

function printList(
  child: ShapedRelation,
  { columns, targets }: Reference,
  parent: string,
  fields: readonly ColumnField[],
): readonly string[] {
  // A table that refers to itself is there twice.
  const alias = child.name === parent ? "belonging" : null;
  const name = toSqlName(alias ?? child.name);
  const of = (column: string) => `${name}.${toColumnReference(column)}`;
  const table = child.known.catalogue.get(child.name);
  const keys = table?.primaryKey ?? [];
  const collations = fields.map(({ column }) => table?.columns.get(column)?.collation ?? null);
  // Texts of several collations make no JSON.
  const isMixed = new Set(collations.filter((one) => one !== null)).size > 1;
  const same = columns.map(
    (column, index) => `${of(column)} = ${toSqlName(parent)}.${toColumnReference(targets[index] ?? "")}`,
  );
  return [
    "coalesce((",
    "    select json_arrayagg(json_object(",
    ...fields.map(
      ({ column, field }, index) =>
        `        '${field.name}', ${toJsonValue(of(column), field, isMixed)}${index < fields.length - 1 ? "," : ""}`,
    ),
    `    ) order by ${keys.map(of).join(", ")})`,
    `    from ${toSqlName(child.name)}${alias === null ? "" : ` as ${alias}`}`,
    `    where ${same.join(" and ")}`,
    "), json_array())",
  ];
}

/** Moments as documents have them: in UTC, with three digits; texts as texts, also where they are JSON. */
function toJsonValue(column: string, field: FoundField, isMixed: boolean): string {
  if (field.kind === "dateTime") return `concat(left(date_format(${column}, '%Y-%m-%dT%T.%f'), 23), 'Z')`;
  const shown = "shown" in field ? field.shown : "asIs";
  if (field.kind === "boolean" && shown === "number")
    return `if(${column} is null, null, json_compact(if(${column} + 0, 'true', 'false')))`;
  const isText = field.kind === "string" || field.kind === "enumeration";
  if (isText && shown === "asIs" && isMixed) return `cast(${column} as char) collate utf8mb4_nopad_bin`;
  return printShown(shown, column);
}
