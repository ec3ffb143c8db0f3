import type { GraphQLError } from "graphql";
import {
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
} from "graphql";

/** An operation of a file, as the schema takes it. */
export interface FileOperation {
  readonly text: string;
  readonly operation: OperationDefinitionNode;
  readonly fragments: readonly FragmentDefinitionNode[];
}

/** Reads the one operation of a file's text. A list when it is none, or none of this schema: the problems. */
export function readOperation(
  schema: GraphQLSchema,
  text: string,
  expected: OperationTypeNode,
): FileOperation | readonly string[] {
  let document: ReturnType<typeof parse>;
  try {
    document = parse(text, { maxTokens: 10_000 });
  } catch (error) {
    return [(error as GraphQLError).message];
  }
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (!operation || operations.length > 1) return [`has ${operations.length} operations, and must have one`];
  if (operation.operation !== expected) return [`is a ${operation.operation}, and must be a ${expected}`];
  const errors = validate(schema, document);
  if (errors.length > 0) return errors.map(({ message }) => message);
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  return { text, operation, fragments };
}

export const { QUERY, SUBSCRIPTION } = OperationTypeNode;
