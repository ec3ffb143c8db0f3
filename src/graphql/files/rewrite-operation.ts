import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from "graphql";

/** Variables that a file adds to those of its client: how many rows are asked for, and after which. */
export const FIRST = "__first";
export const AFTER = "__after";
/** Key of the field that says whether there is another page. */
export const PAGE = "__page";

const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
const variable = (value: string) => ({ kind: Kind.VARIABLE, name: name(value) }) as const;
const field = (value: string): FieldNode => ({ kind: Kind.FIELD, name: name(value) });

/** Selects whether there is another page, and where it begins. */
export const pageInfo: FieldNode = {
  ...field("pageInfo"),
  alias: name(PAGE),
  selectionSet: { kind: Kind.SELECTION_SET, selections: [field("hasNextPage"), field("endCursor")] },
};

/**
 * The same operation with these root fields alone, whose arguments `first` and `after` are variables of ours where they
 * are named here.
 */
export function askForRows(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  nodes: readonly FieldNode[],
  ours: readonly (typeof FIRST | typeof AFTER)[],
): { readonly document: DocumentNode; readonly operation: OperationDefinitionNode } {
  const args = ours.map(toArgument);
  const names = new Set(args.map((one) => one.name.value));
  const rewritten: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: [...(operation.variableDefinitions ?? []), ...ours.map(toDefinition)],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: nodes.map((node) => ({
        ...node,
        arguments: [...(node.arguments ?? []).filter((one) => !names.has(one.name.value)), ...args],
      })),
    },
  };
  const others = document.definitions.filter(({ kind }) => kind !== Kind.OPERATION_DEFINITION);
  return { document: { ...document, definitions: [rewritten, ...others] }, operation: rewritten };
}

const types = { [FIRST]: "Int", [AFTER]: "String" } as const;

const toArgument = (one: keyof typeof types): ArgumentNode => ({
  kind: Kind.ARGUMENT,
  name: name(one === FIRST ? "first" : "after"),
  value: variable(one),
});

const toDefinition = (one: keyof typeof types): VariableDefinitionNode => ({
  kind: Kind.VARIABLE_DEFINITION,
  variable: variable(one),
  type: { kind: Kind.NAMED_TYPE, name: name(types[one]) },
});
