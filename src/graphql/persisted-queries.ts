import { VitrineError } from "../errors.ts";
import { sha256 } from "../sha256.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";

/** What a request says of its text: itself, its hash as Apollo's and urql's "automatic persisted queries" do, or as the specification's `documentId`. */
export interface NamedText {
  readonly query?: unknown;
  readonly extensions?: unknown;
  readonly documentId?: unknown;
}

/** Texts of queries that clients name by their hash. */
export interface PersistedQueries {
  /**
   * The text of a request: what it brings, a trusted document, or what was remembered; null: it names none.
   * @throws VitrineError PERSISTED_QUERY_NOT_FOUND: the client sends it with its text; BAD_INPUT
   */
  read(named: NamedText): {
    readonly text: string;
    /** The hash under which it wants to be remembered, which is its own; null: it does not. */
    readonly offered: string | null;
  } | null;
  /** Remembers a text that was found to be right: what is none, or fits no schema, would only push out others. */
  keep(hash: string, text: string): void;
}

/** What is remembered, at most; then the query that nobody asked for longest is forgotten, and sent again by who needs it. */
const MOST_CHARACTERS = 4_000_000;
/** What a query takes beside its text: its hash, and its place in a map. So there are never more than 10,000 of them. */
const EACH = 400;
/** No query is longer (text-limits.ts): more would only push out others. */
const LONGEST = 100_000;

/**
 * Remembers in this process: a client that meets another one sends the text once more.
 * @param trusted are known from the start, and never forgotten
 */
export function createPersistedQueries(
  trusted?: Pick<TrustedDocuments, "find">,
  mostCharacters: number = MOST_CHARACTERS,
): PersistedQueries {
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
    read({ query, extensions, documentId }) {
      const text = typeof query === "string" ? query : null;
      const hash = readDocumentId(documentId) ?? readHash(extensions);
      if (hash === undefined) return text === null ? null : { text, offered: null };
      // Over WebSocket there is always a text.
      if (text === null || text === "") {
        const own = trusted?.find(hash);
        if (own !== undefined) return { text: own, offered: null };
        const known = texts.get(hash);
        // The clients' libraries look for this very text.
        if (known === undefined)
          throw new VitrineError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
        return { text: known, offered: hash };
      }
      if (texts.get(hash) !== text && sha256(text) !== hash)
        throw new VitrineError("BAD_INPUT", "The hash that names the query is not that of its text.");
      return { text, offered: hash };
    },
    keep,
  };
}

/** `sha256:` and the hash; undefined: there is none. */
function readDocumentId(said: unknown): string | undefined {
  if (said === null || said === undefined) return undefined;
  const [, hash] = typeof said === "string" ? (/^(?:sha256:)?([0-9a-f]{64})$/i.exec(said) ?? []) : [];
  if (hash !== undefined) return hash.toLowerCase();
  throw new VitrineError(
    "BAD_INPUT",
    "documentId: must be sha256: and the document's SHA-256 in hexadecimal.",
  );
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
