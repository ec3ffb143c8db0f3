import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import {
  type DocumentNode,
  type ExecutionArgs,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
  type ParseOptions,
  parse,
  type Source,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { VitrineError } from "../errors.ts";
import { readCost } from "./field-cost.ts";
import { codedError, toGraphQLError } from "./graphql-errors.ts";
import { refuseRepeatsRule } from "./refuse-repeats.ts";
import { type RememberedCosts, rememberCosts } from "./remember-costs.ts";
import type { Exchange } from "./report-answers.ts";

export interface Limits {
  readonly maxDepth: number;
  readonly maxCost: number;
  readonly maxTokens: number;
  readonly maxAliases: number;
  /** Documents of a page and rows of a question; default: as their fields say. */
  readonly maxFirst?: number;
}

/** Limits on documents that a person or a generated client does not meet. */
export const defaultLimits = { maxTokens: 2000, maxAliases: 30 } as const;

/**
 * Parsing, validation and cost, each refusing with a code. Cost is taken when the variables are known: a limit on
 * the text alone would not see `first: $n`.
 */
export function createLimits(limits: Limits): Plugin {
  const guards = [
    refuseRepeatsRule,
    maxDepthRule({ n: limits.maxDepth, ignoreIntrospection: true }),
    maxAliasesRule({ n: limits.maxAliases }),
  ] as unknown as readonly ValidationRule[]; // armor's typings come from another build of graphql
  const costs = rememberCosts();
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
      const error = refuse(args, limits, costs);
      if (error) setResultAndStopExecution({ errors: [toGraphQLError(error)] });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const error = refuse(args, limits, costs);
      if (error) setResultAndStopExecution({ errors: [toGraphQLError(error)] });
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

/** Why an operation must not run; undefined when it may. A wrong variable is left to its execution, which names it. */
function refuse(args: ExecutionArgs, limits: Limits, costs: RememberedCosts): unknown {
  try {
    const cost = costs.find(args.document, args.operationName) ?? readCostOf(args, limits, costs);
    if (cost === undefined) return undefined;
    // For the log, and for who asks; the context is one of a request.
    (args.contextValue as { readonly exchange: Exchange }).exchange.cost = cost;
    if (cost <= limits.maxCost) return undefined;
    const message = `The query costs ${cost}; at most ${limits.maxCost} are allowed. Ask for smaller pages or fewer fields.`;
    return new VitrineError("LIMIT_EXCEEDED", message);
  } catch (error) {
    if (error instanceof RangeError)
      return new VitrineError("BAD_INPUT", "The variables are nested too deeply.");
    return error;
  }
}

/** Undefined where execution will name what is wrong. */
function readCostOf(args: ExecutionArgs, { maxFirst }: Limits, costs: RememberedCosts): number | undefined {
  const { schema, document, operationName, variableValues } = args;
  const operation = getOperationAST(document, operationName);
  if (!operation) return undefined;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {}, {
    maxErrors: 1,
  });
  if (!coerced) return undefined;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  return costs.read(args, coerced, (variables) =>
    readCost({ schema, maxFirst }, operation, fragments, variables),
  );
}

const coded = (error: unknown, code: "LIMIT_EXCEEDED" | "QUERY_INVALID"): unknown =>
  error instanceof GraphQLError ? codedError(error, code) : error;

/** A literal that does not fit its type is bad input; every other mistake is a query that does not fit the schema. */
const valuesRule: ValidationRule = (context) =>
  ValuesOfCorrectTypeRule(
    Object.create(context, {
      reportError: { value: (error: GraphQLError) => context.reportError(codedError(error, "BAD_INPUT")) },
    }),
  );
