import { type ASTVisitor, GraphQLError, type ValidationContext } from "graphql";
import type { Plugin } from "graphql-yoga";
import { VitrineError } from "../errors.ts";

/** What the typings of the executor do not know, and it does. */
const silent = { hideSuggestions: true };

/** The schema tells nobody of itself: neither who asks for it, nor who guesses and waits to be corrected. */
export const hideSchema: Plugin = {
  onValidate({ addValidationRule, validateFn, setValidationFn }) {
    addValidationRule(refuseIntrospection);
    setValidationFn((schema, document, rules, options, ...rest) =>
      validateFn(schema, document, rules, { ...options, ...silent }, ...rest),
    );
  },
  onExecute: ({ executeFn, setExecuteFn }) => setExecuteFn((args) => executeFn({ ...args, ...silent })),
  onSubscribe: ({ subscribeFn, setSubscribeFn }) =>
    setSubscribeFn((args) => subscribeFn({ ...args, ...silent })),
};

/** `__typename` is told: clients' caches live by it, and it says only what was asked for by name. */
function refuseIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(node) {
      if (node.name.value !== "__schema" && node.name.value !== "__type") return;
      const originalError = new VitrineError(
        "FORBIDDEN",
        "The schema is not told here (VITRINE_INTROSPECTION). Ask whoever runs the gateway for it as a file.",
      );
      context.reportError(new GraphQLError(originalError.message, { nodes: node, originalError }));
    },
  };
}
