import { namesOfDocument, pluralOf } from "../models/derived-names.ts";
import { analystPrefix, enginePrefix, engineQueries, engineTypes } from "../models/engine-names.ts";
import { toColumnName } from "../models/model.ts";
import { toColumnField } from "./column-fields.ts";

/** What the model of a table is called. */
export interface ModelName {
  /** Of the model and its view; snake_case. */
  readonly name: string;
  /** Of its documents; PascalCase. */
  readonly typeName: string;
}

/** Names that are taken, in lower case where a server compares them so. */
export interface TakenNames {
  /** Tables, views and models. */
  readonly relations: Set<string>;
  /** Types and fields of queries in GraphQL. */
  readonly graphql: Set<string>;
}

/** The names of a database that a project is made for. */
export const startNames = (relations: readonly string[]): TakenNames => ({
  relations: new Set(relations.map((name) => name.toLowerCase())),
  graphql: new Set([...engineTypes, ...engineQueries]),
});

/** `order_items` → `order_item`, `cities` → `city`; null for what is no plural for certain. */
export function singularOf(name: string): string | null {
  if (/(?:ss|us|is)$/.test(name) || !/[^_]s$/.test(name)) return null;
  if (/[^_][^aeiou]ies$/.test(name)) return `${name.slice(0, -3)}y`;
  return /(?:ss|x|z|ch|sh)es$/.test(name) ? name.slice(0, -2) : name.slice(0, -1);
}

/**
 * Chooses what the model of a table is called: views and tables share their names, so that of `customer` is `customers`,
 * and that of `orders` is `order`; the type is in the singular. Notes them as taken.
 * @returns null for a table that no name can be made of, or whose names are all taken
 */
export function chooseModelName(table: string, taken: TakenNames): ModelName | null {
  const field = toColumnField(table);
  if (field === undefined) return null;
  const own = toColumnName(field);
  const one = singularOf(own) ?? own;
  const candidates = [
    { name: one === own ? pluralOf(own) : one, type: one },
    { name: `${one}_document`, type: one },
    { name: `${one}_document`, type: `${one}_document` },
    { name: `${own}_document`, type: `${own}_document` },
    { name: `${own}_row`, type: `${own}_row` },
  ];
  for (const { name, type } of candidates) {
    const typeName = toTypeName(type);
    const { types, queries, subscriptions } = namesOfDocument(typeName);
    const words = [...Object.values(types), ...Object.values(queries), ...Object.values(subscriptions)];
    const isFree =
      /^[a-z][a-z0-9_]{0,55}$/.test(name) &&
      !taken.relations.has(name) &&
      ![enginePrefix, analystPrefix].some((prefix) => name.startsWith(prefix)) &&
      !words.some((word) => taken.graphql.has(word));
    if (!isFree) continue;
    taken.relations.add(name);
    for (const word of words) taken.graphql.add(word);
    return { name, typeName };
  }
  return null;
}

/** `order_item` → `OrderItem` */
const toTypeName = (name: string): string =>
  name.replaceAll(/(?:^|_+)([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());

/** The first of these names that no other field has. */
export const firstFree = (names: readonly string[], taken: ReadonlySet<string>): string | undefined =>
  names.find((name) => name !== "id" && !taken.has(name));
