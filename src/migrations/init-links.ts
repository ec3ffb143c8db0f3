import type { ShapedRelation } from "../derive/read-shapes.ts";
import type { Reference } from "../derive/table-facts.ts";
import { toFieldName } from "../models/model.ts";
import { findFault, printKey } from "./choose-key.ts";
import { toColumnField } from "./column-fields.ts";
import { firstFree, type ModelName } from "./init-names.ts";
import { type ColumnField, type FoundField, toColumnFields } from "./model-fields.ts";

type Shapes = ReadonlyMap<string, ShapedRelation>;

const primaryKeyOf = (shapes: Shapes, table: string): readonly string[] =>
  shapes.get(table)?.known.catalogue.get(table)?.primaryKey ?? [];

/** Whether a foreign key names rows by what is their documents' id. */
export function isLinkable(shapes: Shapes, { table, column }: NonNullable<FoundField["refersTo"]>): boolean {
  const keys = primaryKeyOf(shapes, table);
  return keys.length === 1 && keys[0] === column;
}

/** Gives each field that names a document a way to it: `customerId` → `customer`. */
export function linkFields(
  fields: readonly FoundField[],
  own: ReadonlySet<string>,
  modelOf: (to: NonNullable<FoundField["refersTo"]>) => string | undefined,
): readonly FoundField[] {
  const taken = new Set([...own, ...fields.map(({ name }) => name)]);
  return fields.map((field) => {
    const model = field.refersTo === null ? undefined : modelOf(field.refersTo);
    if (model === undefined || !["int", "bigint", "string"].includes(field.kind)) return field;
    const short = field.name.replace(/(?:Id|Code|Key|No)$/, "");
    const name = firstFree(
      [short, `${short}Document`, toColumnField(`${field.name}_document`) ?? ""].filter((one) => one !== ""),
      taken,
    );
    if (name === undefined) return field;
    taken.add(name);
    return { ...field, link: { name, model } };
  });
}

interface LinkKeyContext {
  readonly shapes: Shapes;
  /** Of the models that are made, by table. */
  readonly names: ReadonlyMap<string, ModelName>;
  /** Names of the model's fields; those of the keys and links are added. */
  readonly taken: Set<string>;
}

/**
 * For each foreign key of several columns that are another model's key: a field that holds the id of that document, made of
 * them, with its link. One whose columns an id cannot have, or that nothing can be called after, has none.
 */
export function makeLinkKeys(table: string, context: LinkKeyContext): readonly ColumnField[] {
  const { shapes, names } = context;
  const shape = shapes.get(table);
  if (!shape) return [];
  const columns = new Map(toColumnFields(shape, true).fields.map((one) => [one.column, one]));
  return shape.known.facts(table).references.flatMap((reference) => {
    const model = names.get(reference.table);
    const parts = model ? findParts(shape, reference, primaryKeyOf(shapes, reference.table), columns) : null;
    const made = model && parts ? makeLinkKey(table, parts, model, context.taken) : null;
    return made ? [made] : [];
  });
}

/** The columns of a foreign key in the order of the key that they name; null when they name another, or one of one column. */
function findParts(
  shape: ShapedRelation,
  { columns, targets }: Reference,
  key: readonly string[],
  fields: ReadonlyMap<string, ColumnField>,
): readonly ColumnField[] | null {
  if (key.length < 2 || key.length !== columns.length) return null;
  const parts = key.flatMap((target) => fields.get(columns[targets.indexOf(target)] ?? "") ?? []);
  return parts.length === key.length && parts.every((part) => findFault(shape, part) === null) ? parts : null;
}

function makeLinkKey(
  table: string,
  parts: readonly ColumnField[],
  { name: model, typeName }: ModelName,
  taken: Set<string>,
): ColumnField | null {
  const noun = toFieldName(typeName);
  const [first] = parts;
  const by = `${noun}By${first?.field.name.replace(/^./, (letter) => letter.toUpperCase())}`;
  const name = firstFree([`${noun}Key`, `${noun}Ref`, `${by}Key`], taken);
  const link = firstFree([noun, `${noun}Document`, by], taken);
  if (name === undefined || link === undefined) return null;
  taken.add(name).add(link);
  const field: FoundField = {
    ...{
      kind: "string",
      name,
      description: `The id of its ${noun}.`,
      filter: false,
      decide: [],
      refersTo: null,
    },
    ...{ scale: 0, texts: [], shown: "asIs", link: { name: link, model } },
    nullable: parts.some((part) => part.field.nullable),
  };
  return { column: "", sql: printKey(table, parts), field };
}
