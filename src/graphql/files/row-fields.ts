import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from "graphql";
import { VitrineError } from "../../errors.ts";
import { bigint, boolean, date, dateTime, int, list, object, string } from "../../models/field.ts";
import type { StoredField } from "../../stores/conversion/stored-fields.ts";
import { collectFields, type Surroundings, selectionsOf } from "./collect-fields.ts";
import { columnOf } from "./field-extensions.ts";

/** Fields of a row, by their keys in the answer. */
export type RowFields = Readonly<Record<string, StoredField>>;

type Sets = readonly (SelectionSetNode | undefined)[];

/**
 * What is selected of objects of this type, as fields of a document: a file of such rows has the types of the schema.
 * @throws VitrineError QUERY_INVALID for what no column can hold: objects of several types
 */
export function readRowFields(type: GraphQLObjectType, sets: Sets, around: Surroundings): RowFields {
  const fields = type.getFields();
  return Object.fromEntries(
    [...collectFields(sets, around)].flatMap(([key, nodes]) => {
      const field = fields[nodes[0]?.name.value ?? ""];
      return field ? [[key, readField(field, selectionsOf(nodes), around)] as const] : [];
    }),
  );
}

function readField(field: GraphQLField<unknown, unknown>, sets: Sets, around: Surroundings): StoredField {
  const column = columnOf(field.extensions);
  const item = column?.kind === "list" ? column.item : column;
  return readType(field.name, field.type, item, (type) => readRowFields(type, sets, around));
}

function readType(
  name: string,
  type: GraphQLOutputType,
  column: StoredField | undefined,
  select: (type: GraphQLObjectType) => RowFields,
): StoredField {
  const nullable = !isNonNullType(type);
  const inner = getNullableType(type);
  if (isLeafType(inner)) return { ...readLeaf(inner.name, column), nullable };
  if (isObjectType(inner)) return object(inner.name, "", select(inner), { nullable });
  if (!isListType(inner))
    throw new VitrineError(
      "QUERY_INVALID",
      `${name} gives objects of several types, and a column of a file has one. Ask for them as JSON.`,
    );
  const item = readType(name, inner.ofType, column, select);
  if (item.kind === "list") throw new VitrineError("QUERY_INVALID", `${name}: no file has lists of lists.`);
  return { ...list("", item), nullable };
}

/** A closed set is shown by its names, which are texts. */
function readLeaf(type: string, column: StoredField | undefined): StoredField {
  if (column && column.kind !== "enumeration" && column.kind !== "list" && column.kind !== "object")
    return column;
  const make = leaves[type] ?? string;
  return make("");
}

const leaves: Readonly<Record<string, (description: string) => StoredField>> = {
  Int: int,
  BigInt: bigint,
  Boolean: boolean,
  Date: date,
  DateTime: dateTime,
};
