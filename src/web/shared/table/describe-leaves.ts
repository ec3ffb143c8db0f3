import {
  type DocumentNode,
  type FieldNode,
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
  /** The fields that it is within, the outermost first. */
  readonly within: readonly FieldNode[];
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
    around: readonly FieldNode[],
    inside: readonly string[],
  ) => {
    const types = new TypeInfo(schema);
    const fields = [...around];
    visit(
      node,
      visitWithTypeInfo(types, {
        Field: {
          enter(field) {
            const within = [...fields];
            fields.push(field);
            const type = types.getType();
            const parent = types.getParentType()?.name;
            if (type && parent && isLeafType(getNamedType(type)))
              leaves.set(pathOf(fields), { kind: kindOf(type), parent, field: field.name.value, within });
          },
          leave() {
            fields.pop();
          },
        },
        FragmentSpread({ name: { value } }) {
          const fragment = fragments.get(value);
          // A fragment within itself is refused by the gateway; here it is left out.
          if (fragment && !inside.includes(value)) describe(fragment, fields, [...inside, value]);
        },
      }),
    );
  };
  for (const one of document.definitions) if (one.kind === Kind.OPERATION_DEFINITION) describe(one, [], []);
  return leaves;
}

const pathOf = (fields: readonly FieldNode[]): string =>
  fields.map(({ alias, name }) => (alias ?? name).value).join(".");

function kindOf(type: GraphQLOutputType): ColumnKind {
  if (isListType(getNullableType(type))) return "list";
  return kinds[getNamedType(type).name] ?? "text";
}
