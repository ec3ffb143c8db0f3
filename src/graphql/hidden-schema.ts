import {
  type ASTVisitor,
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  type ValidationContext,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { codedError, toGraphQLError } from "./graphql-errors.ts";

/** The schema tells nobody of itself: neither who asks for it, nor who guesses and waits to be corrected. */
export const hideSchema: Plugin = {
  onValidate({ addValidationRule, validateFn, setValidationFn }) {
    addValidationRule(refuseIntrospection);
    setValidationFn((schema, document, rules, options, ...rest) =>
      validateFn(schema, document, rules, { ...options, hideSuggestions: true }, ...rest),
    );
  },
  onExecute({ args, setResultAndStopExecution }) {
    const errors = refuseVariables(args);
    if (errors) setResultAndStopExecution({ errors });
  },
  onSubscribe({ args, setResultAndStopExecution }) {
    const errors = refuseVariables(args);
    if (errors) setResultAndStopExecution({ errors });
  },
};

/** What is wrong with the variables, before the executor finds it: that one suggests what might be right. */
export function refuseVariables({
  schema,
  document,
  operationName,
  variableValues,
}: ExecutionArgs): readonly GraphQLError[] | undefined {
  const operation = getOperationAST(document, operationName);
  const { errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], variableValues ?? {}, {
    maxErrors: 50,
    hideSuggestions: true,
  });
  return errors?.map(toGraphQLError);
}

/** `__typename` is told: clients' caches live by it, and it says only what was asked for by name. */
function refuseIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.name.value !== "__schema" && node.name.value !== "__type") return;
      const message =
        "The schema is not told here (VITRINE_INTROSPECTION). Ask whoever runs the gateway for it as a file.";
      context.reportError(codedError(new GraphQLError(message, { nodes: node }), "FORBIDDEN"));
    },
  };
}
