import { createHash } from "node:crypto";
import type { Plugin } from "graphql-yoga";
import { VitrineError } from "../errors.ts";

/** Texts of queries that clients name by their hash, as Apollo's and urql's "automatic persisted queries" do. */
export interface PersistedQueries {
  /**
   * The text of a request: what it brings, which is remembered under its hash, or what was remembered; null: neither.
   * @throws VitrineError PERSISTED_QUERY_NOT_FOUND: the client sends it with its text; BAD_INPUT
   */
  read(query: unknown, extensions: unknown): string | null;
}

/** What is remembered, at most; then the query that nobody asked for longest is forgotten, and sent again by who needs it. */
const MOST_CHARACTERS = 4_000_000;
/** What a query takes beside its text: its hash, and its place in a map. So there are never more than 10,000 of them. */
const EACH = 400;
/** No query is longer (text-limits.ts): more would only push out others. */
const LONGEST = 100_000;

/** Remembers in this process: a client that meets another one sends the text once more. */
export function createPersistedQueries(mostCharacters: number = MOST_CHARACTERS): PersistedQueries {
  const texts = new Map<string, string>();
  let characters = 0;
  const forget = (hash: string) => {
    const text = texts.get(hash);
    if (text !== undefined) characters -= text.length + EACH;
    texts.delete(hash);
  };
  const keep = (hash: string, text: string) => {
    forget(hash);
    if (text.length > LONGEST) return;
    texts.set(hash, text);
    characters += text.length + EACH;
    for (const [oldest] of texts) {
      if (characters <= mostCharacters) return;
      forget(oldest);
    }
  };
  return {
    read(query, extensions) {
      const text = typeof query === "string" ? query : null;
      const hash = readHash(extensions);
      if (hash === undefined) return text;
      if (text === null) {
        const known = texts.get(hash);
        // The clients' libraries look for this very text.
        if (known === undefined)
          throw new VitrineError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
        keep(hash, known);
        return known;
      }
      if (texts.get(hash) === text) return text;
      if (createHash("sha256").update(text).digest("hex") !== hash)
        throw new VitrineError(
          "BAD_INPUT",
          "extensions.persistedQuery: sha256Hash is not that of the query.",
        );
      keep(hash, text);
      return text;
    },
  };
}

/** Undefined: nothing is said of a persisted query. */
function readHash(extensions: unknown): string | undefined {
  if (typeof extensions !== "object" || extensions === null || !("persistedQuery" in extensions))
    return undefined;
  const said: unknown = extensions.persistedQuery;
  if (said === null || said === undefined) return undefined;
  const { version, sha256Hash } = said as { readonly version?: unknown; readonly sha256Hash?: unknown };
  if (version === 1 && typeof sha256Hash === "string" && /^[0-9a-f]{64}$/i.test(sha256Hash))
    return sha256Hash.toLowerCase();
  throw new VitrineError(
    "BAD_INPUT",
    "extensions.persistedQuery: must be { version: 1, sha256Hash: the query's SHA-256 in hexadecimal }.",
  );
}

/** For what goes through yoga's own HTTP handling: event streams. */
export const usePersisted = (queries: PersistedQueries): Plugin => ({
  onParams({ params, setParams }) {
    const query = queries.read(params.query, params.extensions);
    if (query !== null && query !== params.query) setParams({ ...params, query });
  },
});
