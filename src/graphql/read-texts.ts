import type { DocumentNode, GraphQLError, GraphQLSchema } from "graphql";
import { createLRUCache } from "graphql-yoga";
import { sha256 } from "../sha256.ts";
import type { Admission } from "./admission.ts";
import type { Budget } from "./budget.ts";
import { clientOf } from "./client-of.ts";
import type { DocumentRule } from "./document-rule.ts";
import type { PersistedQueries } from "./persisted-queries.ts";
import type { RequestState } from "./yoga.ts";

/** A text that was parsed and validated. */
export interface KnownText {
  readonly document: DocumentNode;
  /** Why it is not answered; none: it is. */
  readonly problems: readonly GraphQLError[];
  /** SHA-256 of the text, in hexadecimal. */
  readonly hash: string;
}

/** Those that a gateway remembers. What asks by text gets the document that others got, by which plans are kept. */
export interface KnownTexts {
  get(text: string): KnownText | undefined;
  set(text: string, known: KnownText): unknown;
}

/** Without an age: to look at the clock for each would take longer than to find it. */
export const createKnownTexts = (): KnownTexts => createLRUCache<KnownText>({ max: 1000, ttl: 0 });

export interface TextOptions {
  readonly known: KnownTexts;
  /** One text at a time, each client in its turn; default: all at once. */
  readonly texts?: Admission | undefined;
  /** Default: nobody is counted. */
  readonly budget?: Pick<Budget, "spend"> | undefined;
  readonly proxies?: number;
  /** Whose texts are answered; default: everybody's. */
  readonly documentRule?: DocumentRule | undefined;
  /** Where texts that clients name by a hash are remembered; default: nowhere. */
  readonly persisted?: Pick<PersistedQueries, "keep"> | undefined;
}

/** Whose text it is. */
type Sender = Pick<RequestState, "req" | "principal" | "onEnd"> & {
  readonly exchange: Pick<RequestState["exchange"], "documentHash" | "offered">;
};

interface Reader {
  readonly schema: GraphQLSchema;
  parse(text: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
}

/** No text that can be parsed works more than one of so many characters, by far: what is left are values and spaces. */
const MOST_COST = 8000;

/** What parser and validator take for a text, in fields: one for each character. */
export const costOfText = (text: string): number => Math.min(text.length, MOST_COST);

/**
 * What is known of a text, at once when it was read before. Every road to an answer begins here.
 * @throws VitrineError FORBIDDEN; OVERLOADED, CANCELLED, LIMIT_EXCEEDED, QUERY_INVALID (later)
 */
export type ReadText<State> = (text: string, state: State) => KnownText | Promise<KnownText>;

/**
 * Reads a text that is not known in its client's turn, at the client's cost.
 * @param open gives what parses and validates
 */
export function createReadText<State extends Sender>(
  { known, texts, budget, proxies = 0, documentRule, persisted }: TextOptions,
  open: () => Reader,
): ReadText<State> {
  const learn = async (text: string, hash: string, state: State): Promise<KnownText> => {
    const client = clientOf(state.req, state.principal, proxies);
    const cost = costOfText(text);
    await budget?.spend(client, cost);
    const end = await texts?.enter({ client, cost }, state.onEnd);
    const startedAt = performance.now();
    try {
      // Another of the same text may have had its turn meanwhile.
      const other = known.get(text);
      if (other) return other;
      const { schema, parse, validate } = open();
      const document = parse(text);
      const read = { document, problems: validate(schema, document), hash };
      known.set(text, read);
      return read;
    } finally {
      // Nothing else runs while a text is read: as much time is for those whose texts are known.
      if (end) setTimeout(end, performance.now() - startedAt);
    }
  };
  /** What is none, or fits no schema, would only push out others. */
  const keep = (text: string, { exchange: { offered } }: State, read: KnownText): KnownText => {
    if (offered !== undefined && read.problems.length === 0) persisted?.keep(offered, text);
    return read;
  };
  return (text, state) => {
    const read = known.get(text);
    const hash = read?.hash ?? sha256(text);
    state.exchange.documentHash = hash;
    const refusal = documentRule?.refuse(state.principal, hash);
    if (refusal) throw refusal;
    return read ? keep(text, state, read) : learn(text, hash, state).then((one) => keep(text, state, one));
  };
}
