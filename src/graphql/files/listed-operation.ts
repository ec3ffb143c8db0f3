import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getArgumentValues,
  getVariableValues,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import { VitrineError } from "../../errors.ts";
import { fragmentsOf } from "../compile-selection.ts";
import { readCost } from "../field-cost.ts";
import { collectFields, type Surroundings } from "./collect-fields.ts";
import { mostOf } from "./field-extensions.ts";
import { type AnsweredRows, type FoundRows, findRows, severalLists } from "./find-rows.ts";
import type { Row } from "./flatten-rows.ts";
import { findPlain, type PlainList } from "./plain-list.ts";
import { AFTER, askForRows, FIRST } from "./rewrite-operation.ts";

/** The one list of an operation, and how its rows are read. */
export interface ListedOperation extends Pick<FoundRows, "fields"> {
  /** Takes the rows out of an answer's data. */
  read(data: Row): AnsweredRows;
  /** The list without pages, where it can be read so. */
  readonly plain: PlainList | undefined;
  /** Key of the root field. */
  readonly root: string;
  /** What the file is called, without extension. */
  readonly name: string;
  /** Asks for rows with the variables of the client and those of `variablesOf`. */
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /** Rows that may be asked for at once; undefined: their number is not ours to name. */
  readonly most: number | undefined;
  /** It is read in pages, until there is none. */
  readonly isPaged: boolean;
  /** So many rows are wanted; undefined: all. */
  readonly wanted: number | undefined;
  /** Where the client's page begins. */
  readonly after: string | null;
  /** Variables that ask for so many rows after that cursor. */
  variablesOf(first: number | undefined, after: string | null): Row;
  /** What an answer of so many rows costs. @throws VitrineError LIMIT_EXCEEDED */
  costOf(first: number): number;
}

/**
 * Finds the list of an operation: what its one root field gives, or the `nodes` or `edges` of it. For what is beside these
 * (`totalCount`, `pageInfo`) a file has no place. A root field that gives one object is a list of one row.
 * @throws VitrineError QUERY_INVALID when there are several lists, or no query; BAD_INPUT for a variable of a wrong value
 */
export function findList(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Row | undefined,
): ListedOperation {
  const variables = readVariables(schema, operation, given);
  const around: Surroundings = { fragments: fragmentsOf(document), variables };
  const [key, nodes] = findRoot(operation, around);
  const [node] = nodes;
  const field = schema.getQueryType()?.getFields()[node?.name.value ?? ""];
  if (!node || !field)
    throw new VitrineError("QUERY_INVALID", "A file cannot tell of the schema. Ask as JSON.");
  const args = getArgumentValues(field, node, variables);
  const found = findRows(field, nodes, around);
  const isFromEnd = typeof args.last === "number";
  const isPaged = found.list !== undefined && !isFromEnd && field.args.some(({ name }) => name === "after");
  const first = typeof args.first === "number" ? args.first : undefined;
  const most = isPaged || (first === undefined && !isFromEnd) ? mostOf(field.extensions) : undefined;
  const asked = askForRows(document, operation, found.nodes, [
    ...(most === undefined ? [] : ([FIRST] as const)),
    ...(isPaged ? ([AFTER] as const) : []),
  ]);
  const variablesOf: ListedOperation["variablesOf"] = (rows, after) => ({
    ...given,
    ...(most === undefined ? {} : { [FIRST]: rows }),
    ...(isPaged ? { [AFTER]: after } : {}),
  });
  return {
    plain: found.list && findPlain(field, args, { ...found.list, rootNodes: nodes }, around),
    root: key,
    name: operation.name?.value ?? key,
    fields: found.fields,
    read: (data) => found.read(data[key]),
    document: asked.document,
    operationName: operation.name?.value,
    most,
    isPaged,
    wanted: found.list && !isFromEnd ? first : undefined,
    after: typeof args.after === "string" ? args.after : null,
    variablesOf,
    costOf: (rows) =>
      readCost({ schema }, asked.operation, new Map(Object.entries(around.fragments)), {
        ...variables,
        [FIRST]: rows,
      }),
  };
}

function readVariables(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Row = {}): Row {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given, {
    maxErrors: 1,
  });
  if (coerced) return coerced;
  throw errors?.[0] ?? new VitrineError("BAD_INPUT", "The variables are wrong.");
}

/** The one root field, with all places that select from it. */
function findRoot(
  operation: OperationDefinitionNode,
  around: Surroundings,
): readonly [key: string, nodes: readonly FieldNode[]] {
  if (operation.operation !== OperationTypeNode.QUERY)
    throw new VitrineError(
      "QUERY_INVALID",
      `A file holds the rows of a query, and this is a ${operation.operation}.`,
    );
  const roots = [...collectFields([operation.selectionSet], around)];
  const [only] = roots;
  if (!only) throw new VitrineError("QUERY_INVALID", "This operation asks for no rows.");
  if (roots.length > 1) throw severalLists(roots.map(([key]) => key));
  return only;
}
