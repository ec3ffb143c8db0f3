import {
  type DocumentNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import type { ColumnKind } from "../chart/chart-rows.ts";

/** What stands at a place of an answer. */
export interface Leaf {
  readonly kind: ColumnKind;
  /** The type that has the field, and the field: `SalesRow`, `revenue`. */
  readonly parent: string;
  readonly field: string;
}

const kinds: Readonly<Record<string, ColumnKind>> = {
  Int: "number",
  Float: "number",
  BigInt: "decimal",
  Decimal: "decimal",
  Date: "date",
  DateTime: "dateTime",
  Boolean: "boolean",
};

/** What stands at each place of a document's answers, by its path (`sales.productDocument.name`), fragments included. */
export function describeLeaves(schema: GraphQLSchema, document: DocumentNode): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const describe = (
    node: DocumentNode["definitions"][number],
    at: readonly string[],
    inside: readonly string[],
  ) => {
    const types = new TypeInfo(schema);
    const path = [...at];
    visit(
      node,
      visitWithTypeInfo(types, {
        Field: {
          enter({ alias, name }) {
            path.push((alias ?? name).value);
            const type = types.getType();
            const parent = types.getParentType()?.name;
            if (type && parent && isLeafType(getNamedType(type)))
              leaves.set(path.join("."), { kind: kindOf(type), parent, field: name.value });
          },
          leave() {
            path.pop();
          },
        },
        FragmentSpread({ name: { value } }) {
          const fragment = fragments.get(value);
          // A fragment within itself is refused by the gateway; here it is left out.
          if (fragment && !inside.includes(value)) describe(fragment, path, [...inside, value]);
        },
      }),
    );
  };
  for (const one of document.definitions) if (one.kind === Kind.OPERATION_DEFINITION) describe(one, [], []);
  return leaves;
}

function kindOf(type: GraphQLOutputType): ColumnKind {
  if (isListType(getNullableType(type))) return "list";
  return kinds[getNamedType(type).name] ?? "text";
}
