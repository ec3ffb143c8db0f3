import { refuse } from "./refusal.ts";

/** A node of the parser's tree. Its own typings are older than what it gives, so it is read as plain JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A node `{ Tag: content }` or `"Tag"` as tag and content. */
export function readTag(node: Json): readonly [tag: string, content: Json] {
  if (typeof node === "string") return [node, null];
  const [entry] = Object.entries(toObject(node));
  return entry ?? refuse("An empty node", "Write the view with simpler SQL.");
}

/** A member of an object; null when it is missing. */
export function at(node: Json, ...path: readonly string[]): Json {
  let found = node;
  for (const key of path) {
    if (found === null) return null;
    found = toObject(found)[key] ?? null;
  }
  return found;
}

export const listAt = (node: Json, ...path: readonly string[]): readonly Json[] => {
  const found = at(node, ...path);
  return Array.isArray(found) ? found : [];
};

export const textAt = (node: Json, ...path: readonly string[]): string => {
  const found = at(node, ...path);
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
};

/** The parts of a name, and whether the first of them is in quotes. */
export function readName(node: Json): { readonly parts: readonly string[]; readonly isQuoted: boolean } {
  const idents = (Array.isArray(node) ? node : [node]).map((part) => at(part, "Identifier") ?? part);
  return {
    parts: idents.map((ident) => textAt(ident, "value")),
    isQuoted: idents.some((ident) => at(ident, "quote_style") !== null),
  };
}

function toObject(node: Json): { readonly [key: string]: Json } {
  if (typeof node !== "object" || node === null || Array.isArray(node))
    refuse("A node of an unknown kind", "Write the view with simpler SQL.");
  return node as { readonly [key: string]: Json };
}
