import { GraphQLDeprecatedDirective, GraphQLDirective, specifiedDirectives } from "graphql";

/** Where the specification lets a thing be called deprecated. */
const deprecatedAt = ["FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE"];

/**
 * The directives of the specification, as it says. The library is ahead of it: it lets directives be deprecated too,
 * and a client that does not know that location (Python's graphql-core) cannot read the whole schema.
 */
export const standardDirectives: readonly GraphQLDirective[] = specifiedDirectives.map((directive) => {
  if (directive !== GraphQLDeprecatedDirective) return directive;
  const { locations, ...config } = directive.toConfig();
  return new GraphQLDirective({
    ...config,
    locations: locations.filter((location) => deprecatedAt.includes(location)),
  });
});
