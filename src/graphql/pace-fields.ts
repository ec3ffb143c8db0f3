import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNullableType,
  getOperationAST,
  isListType,
  isObjectType,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { isRefusal, type Pace } from "./answer-pace.ts";
import type { RequestContext } from "./context.ts";
import { toGraphQLError } from "./graphql-errors.ts";

/** Lets the pace of the request see every value of its answer. Changes the schema's resolvers in place. */
export function paceFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__") || type === schema.getSubscriptionType()) continue;
    for (const field of Object.values(type.getFields())) {
      const inner = field.resolve ?? defaultFieldResolver;
      field.resolve = isListType(getNullableType(field.type)) ? pacedList(inner) : counted(inner);
    }
  }
  return schema;
}

type Resolver = GraphQLFieldResolver<unknown, RequestContext>;

const counted =
  (inner: Resolver): Resolver =>
  (parent, args, context, info) => {
    const value: unknown = inner(parent, args, context, info);
    context.pace.count(info.path.key, value);
    return value;
  };

const pacedList =
  (inner: Resolver): Resolver =>
  (parent, args, context, info) => {
    const spread = (list: unknown) => (Array.isArray(list) ? spreadOut(context.pace, list) : list);
    const value: unknown = inner(parent, args, context, info);
    return value instanceof Promise ? value.then(spread) : spread(value);
  };

function spreadOut(pace: Pace, list: readonly unknown[]) {
  for (const item of list) if (typeof item === "string") pace.count("", item);
  return pace.spread(list);
}

/**
 * An answer that outgrew its limits, or its time, has one error and no data, however many fields met it. That of a
 * mutation keeps what it has: the change is made, and its token must not be lost.
 */
export const endOversized: Plugin<RequestContext> = {
  onExecute({ args }) {
    const { pace } = args.contextValue;
    const isMutation = getOperationAST(args.document, args.operationName)?.operation === "mutation";
    return {
      onExecuteDone({ result, setResult }) {
        const failure = pace.failure();
        if (failure === undefined || Symbol.asyncIterator in result) return;
        const others = isMutation ? (result.errors ?? []).filter((error) => !isRefusal(error)) : [];
        const data = isMutation ? (result.data ?? null) : null;
        setResult({ data, errors: [...others, toGraphQLError(failure)] });
      },
    };
  },
  // Each event of a subscription is an answer of its own.
  onSubscribe: ({ args }) => ({
    onSubscribeResult: () => ({
      onNext({ setResult }) {
        const failure = args.contextValue.pace.failure();
        if (failure !== undefined) setResult({ data: null, errors: [toGraphQLError(failure)] });
      },
    }),
  }),
};
