import { type GraphQLSchema, parse, validate } from "graphql";
import type { ExampleSettings } from "./page-settings.ts";

/** Examples whose title, group, domain or text has all words of a search. */
export function findExamples(
  examples: readonly ExampleSettings[],
  search: string,
): readonly ExampleSettings[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return examples.filter(({ title, group, domain, query }) => {
    const text = `${title} ${group} ${domain} ${query}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What the schema has against an operation that was saved when it was another; null when nothing. */
export function findFault(schema: GraphQLSchema, query: string): string | null {
  try {
    return validate(schema, parse(query))[0]?.message ?? null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
