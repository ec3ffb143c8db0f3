import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from "graphql";
import type { Column, ColumnKind } from "../web/shared/chart/chart-rows.ts";

/** The one list of an operation's answer, or its one object. */
export interface AnswerRows {
  /** `["data", "sales"]`, `["data", "pendingShipmentsConnection", "nodes"]`. */
  readonly path: readonly string[];
  /** Objects flattened, in the order of the operation. */
  readonly columns: readonly Column[];
}

interface Selected {
  readonly key: string;
  readonly type: GraphQLOutputType;
  readonly node: FieldNode;
}

/**
 * Where an operation's rows are and what columns they have, as its selection and the schema say.
 * Null when it has more than one root field: nobody could tell which one is meant.
 */
export function describeRows(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: readonly FragmentDefinitionNode[],
): AnswerRows | null {
  const select = createSelect(schema, fragments);
  const root = schema.getRootType(operation.operation);
  const fields = root ? select(root, operation.selectionSet) : [];
  const [first] = fields;
  if (!first || fields.length > 1) return null;
  const path = ["data", first.key];
  let holder = first;
  if (!isList(first.type)) {
    const inner = select(getNamedType(first.type), first.node.selectionSet);
    // The page of a connection: what its nodes are is asked for, the rest is about the page.
    const nodes = inner.find(({ key, type }) => key === "nodes" && isList(type));
    if (nodes) {
      path.push(nodes.key);
      holder = nodes;
    }
  }
  return { path, columns: flatten(select, holder, "") };
}

function flatten(
  select: ReturnType<typeof createSelect>,
  holder: Selected,
  prefix: string,
): readonly Column[] {
  const type = getNamedType(holder.type);
  return select(type, holder.node.selectionSet).flatMap((field) => {
    const name = prefix + field.key;
    if (isList(field.type)) return [{ name, kind: "list" as const }];
    const inner = getNamedType(field.type);
    return isCompositeType(inner) ? flatten(select, field, `${name}.`) : [{ name, kind: kindOf(inner) }];
  });
}

/** The fields that a selection set asks of a type, those of its fragments too, each response key once. */
function createSelect(schema: GraphQLSchema, fragments: readonly FragmentDefinitionNode[]) {
  return function select(type: GraphQLNamedType, set: SelectionSetNode | undefined): readonly Selected[] {
    const found = new Map<string, Selected>();
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        if (!("getFields" in type) || selection.name.value.startsWith("__")) continue;
        const field = type.getFields()[selection.name.value];
        const key = selection.alias?.value ?? selection.name.value;
        if (field && "args" in field) found.set(key, { key, type: field.type, node: selection });
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection
          : fragments.find(({ name }) => name.value === selection.name.value);
      const on = fragment?.typeCondition ? typeFromAST(schema, fragment.typeCondition) : type;
      if (on) for (const one of select(on, fragment?.selectionSet)) found.set(one.key, one);
    }
    return [...found.values()];
  };
}

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);

const kinds: Readonly<Record<string, ColumnKind>> = {
  Int: "number",
  Float: "number",
  BigInt: "decimal",
  Decimal: "decimal",
  Boolean: "boolean",
  Date: "date",
  DateTime: "dateTime",
};

const kindOf = (type: GraphQLNamedType): ColumnKind =>
  isEnumType(type) ? "text" : (kinds[type.name] ?? "text");
