import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  isUnionType,
  Kind,
  type SelectionNode,
} from "graphql";
import { VitrineError } from "../../errors.ts";
import { collectFields, type Surroundings, selectionsOf } from "./collect-fields.ts";
import type { Row } from "./flatten-rows.ts";
import { PAGE, pageInfo } from "./rewrite-operation.ts";
import { type RowFields, readRowFields } from "./row-fields.ts";

/** The rows that a root field gives. */
export interface FoundRows {
  readonly fields: RowFields;
  /** What of a connection they are; undefined: it is none. */
  readonly list?: ConnectionList;
  /** The root field's nodes, selecting the rows and where their page ends. */
  readonly nodes: readonly FieldNode[];
  /** Takes the rows out of what the root field gave. */
  read(value: unknown): AnsweredRows;
}

export interface AnsweredRows {
  /** Null: a row that cannot be given, of which the answer has an error. */
  readonly rows: readonly (Row | null)[];
  /** Where the next page begins; null: there is none. */
  readonly next: string | null;
}

/** @throws VitrineError QUERY_INVALID when it gives several lists, or objects of several types */
export function findRows(
  field: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
  around: Surroundings,
): FoundRows {
  const type = getNullableType(field.type);
  const item = isListType(type) ? getNullableType(type.ofType) : type;
  if (isInterfaceType(item) || isUnionType(item))
    throw new VitrineError(
      "QUERY_INVALID",
      `${field.name} gives objects of several types, and the rows of a file have one. Ask for one of them by its own field.`,
    );
  if (!isObjectType(item)) throw new VitrineError("QUERY_INVALID", `${field.name} gives no rows.`);
  const list = isListType(type) ? undefined : findInConnection(item, nodes, around);
  if (list) return toConnection(list, nodes, around);
  return {
    fields: readRowFields(item, selectionsOf(nodes), around),
    nodes,
    // What the types of the schema say.
    read: (value) => ({
      rows: isListType(type) ? ((value ?? []) as Row[]) : [(value ?? null) as Row | null],
      next: null,
    }),
  };
}

/** The `nodes` or `edges` of a connection. */
export interface ConnectionList {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly item: GraphQLObjectType;
}

/** The list of a type that has pages; undefined when none of its lists is selected, or it has no pages. */
function findInConnection(
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  around: Surroundings,
): ConnectionList | undefined {
  const fields = type.getFields();
  if (!fields.pageInfo) return undefined;
  const lists = [...collectFields(selectionsOf(nodes), around)].flatMap(([key, found]): ConnectionList[] => {
    const inner = getNullableType(fields[found[0]?.name.value ?? ""]?.type);
    const item = isListType(inner) ? getNullableType(inner.ofType) : undefined;
    return isObjectType(item) ? [{ key, nodes: found, item }] : [];
  });
  if (lists.length > 1) throw severalLists(lists.map(({ key }) => key));
  return lists[0];
}

function toConnection(list: ConnectionList, [first]: readonly FieldNode[], around: Surroundings): FoundRows {
  const selections: readonly SelectionNode[] = [...list.nodes, pageInfo];
  return {
    fields: readRowFields(list.item, selectionsOf(list.nodes), around),
    list,
    // Validation has seen to it that all nodes of a field have the same arguments.
    nodes: first ? [{ ...first, selectionSet: { kind: Kind.SELECTION_SET, selections } }] : [],
    read(value) {
      if (value === null || value === undefined) return { rows: [], next: null };
      const connection = value as Row; // as the schema says
      const page = connection[PAGE] as { readonly hasNextPage: boolean; readonly endCursor: string | null };
      return {
        rows: connection[list.key] as readonly (Row | null)[],
        next: page.hasNextPage ? page.endCursor : null,
      };
    },
  };
}

/** A file holds one list. */
export const severalLists = (keys: readonly string[]): VitrineError =>
  new VitrineError(
    "QUERY_INVALID",
    `A file holds one list, and this operation asks for ${keys.length}: ${keys.join(", ")}. Ask for each in an operation of its own.`,
  );
