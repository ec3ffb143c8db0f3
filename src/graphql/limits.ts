import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import {
  type DocumentNode,
  GraphQLError,
  Kind,
  type ParseOptions,
  parse,
  type SelectionSetNode,
  type Source,
  type ValidationRule,
  type ValueNode,
  ValuesOfCorrectTypeRule,
  validate,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { VitrineError } from "../errors.ts";
import { codedError, toGraphQLError } from "./graphql-errors.ts";
import { DEFAULT_PAGE, MAX_PAGE } from "./paging.ts";

export interface Limits {
  readonly maxDepth: number;
  readonly maxCost: number;
  readonly maxTokens: number;
  readonly maxAliases: number;
}

/** Limits on documents that a person or a generated client does not meet. */
export const defaultLimits = { maxTokens: 2000, maxAliases: 30 } as const;

/** What a count over a whole model weighs, in fields. */
const COUNT_COST = 100;

/**
 * Parsing, validation and cost, each refusing with a code. Cost is taken when the variables are known: a limit on
 * the text alone would not see `first: $n`.
 */
export function createLimits(limits: Limits): Plugin {
  const guards = [
    maxDepthRule({ n: limits.maxDepth, ignoreIntrospection: true }),
    maxAliasesRule({ n: limits.maxAliases }),
  ] as unknown as readonly ValidationRule[]; // armor's typings come from another build of graphql
  const parseGuarded = (source: string | Source, options?: ParseOptions): DocumentNode => {
    try {
      return parse(source, { ...options, maxTokens: limits.maxTokens });
    } catch (error) {
      throw coded(error, /tokens/.test(String(error)) ? "LIMIT_EXCEEDED" : "QUERY_INVALID");
    }
  };
  const validateGuarded: typeof validate = (schema, document, rules = [], ...rest) => {
    // Armor's rules throw, and so does one of the specification's: who threw decides the code.
    const refusedBy = (some: readonly ValidationRule[], code: "LIMIT_EXCEEDED" | "QUERY_INVALID") => {
      try {
        return validate(schema, document, some, ...rest).map((error) =>
          error.extensions.code === undefined ? codedError(error, code) : error,
        );
      } catch (error) {
        if (error instanceof GraphQLError) return [codedError(tellPlainly(error), code)];
        throw error;
      }
    };
    const beyond = refusedBy(guards, "LIMIT_EXCEEDED");
    if (beyond.length > 0) return beyond;
    const all = rules.map((rule) => (rule === ValuesOfCorrectTypeRule ? valuesRule : rule));
    return refusedBy(all, "QUERY_INVALID");
  };
  return {
    onParse: ({ setParseFn }) => setParseFn(parseGuarded),
    onValidate: ({ setValidationFn }) => setValidationFn(validateGuarded),
    onExecute({ args, setResultAndStopExecution }) {
      const cost = readCost(args.document, args.operationName, args.variableValues ?? {});
      if (cost <= limits.maxCost) return;
      const message = `The query costs ${cost}; at most ${limits.maxCost} are allowed. Ask for smaller pages or fewer fields.`;
      setResultAndStopExecution({ errors: [toGraphQLError(new VitrineError("LIMIT_EXCEEDED", message))] });
    },
  };
}

/** GraphQL looks for the root field of a subscription before there are variables, and says of each that it was not given. */
const tellPlainly = (error: GraphQLError): GraphQLError =>
  /^Argument "if" .* runtime value\.$/.test(error.message)
    ? new GraphQLError(
        "The root field of a subscription takes no @skip or @include with a variable: leave the subscription out instead.",
        { nodes: error.nodes ?? null },
      )
    : error;

const coded = (error: unknown, code: "LIMIT_EXCEEDED" | "QUERY_INVALID"): unknown =>
  error instanceof GraphQLError ? codedError(error, code) : error;

/** A literal that does not fit its type is bad input; every other mistake is a query that does not fit the schema. */
const valuesRule: ValidationRule = (context) =>
  ValuesOfCorrectTypeRule(
    Object.create(context, {
      reportError: { value: (error: GraphQLError) => context.reportError(codedError(error, "BAD_INPUT")) },
    }),
  );

/**
 * The cost of an operation: each field counts 1, times the page sizes above it; `totalCount` counts 100.
 * Page sizes come from `first` and `last`; a connection or history without them has 20.
 */
export function readCost(
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
): number {
  const fragments = new Map<string, SelectionSetNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node.selectionSet);
  const known = new Map<string, number>();
  const spread = (name: string): number => {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, 0); // validation refuses cycles; this ends one all the same
    const cost = sum(fragments.get(name));
    known.set(name, cost);
    return cost;
  };
  const sum = (set: SelectionSetNode | undefined, page = 1): number => {
    let cost = 0;
    let counts = 0;
    for (const node of set?.selections ?? []) {
      if (node.kind === Kind.FRAGMENT_SPREAD) cost += spread(node.name.value);
      else if (node.kind === Kind.INLINE_FRAGMENT) cost += sum(node.selectionSet);
      else if (node.name.value === "totalCount") counts += COUNT_COST;
      else {
        const size = node.arguments?.find(({ name }) => name.value === "first" || name.value === "last");
        const isPaged = /(Connection|History)$/.test(node.name.value);
        const rows = size ? pageSize(size.value, variables) : isPaged ? DEFAULT_PAGE : 1;
        cost += 1 + sum(node.selectionSet, rows);
      }
    }
    return cost * page + counts;
  };
  const operation = document.definitions.find(
    (node) =>
      node.kind === Kind.OPERATION_DEFINITION && (!operationName || node.name?.value === operationName),
  );
  return operation?.kind === Kind.OPERATION_DEFINITION ? sum(operation.selectionSet) : 0;
}

/** A size out of range is left to the resolver, which names the argument. */
function pageSize(value: ValueNode, variables: Readonly<Record<string, unknown>>): number {
  const size =
    value.kind === Kind.VARIABLE
      ? variables[value.name.value]
      : value.kind === Kind.INT
        ? Number(value.value)
        : DEFAULT_PAGE;
  if (typeof size !== "number") return DEFAULT_PAGE;
  return size > MAX_PAGE ? 1 : Math.max(size, 1);
}
