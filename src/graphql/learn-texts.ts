import type { DocumentNode, GraphQLSchema } from "graphql";
import { createLRUCache, type Plugin } from "graphql-yoga";
import type { Admission } from "./admission.ts";
import type { Budget } from "./budget.ts";
import { clientOf } from "./client-of.ts";
import type { RequestState } from "./yoga.ts";

/** Texts that were parsed and validated, by themselves, for as long as they are remembered. */
export type KnownTexts = Pick<Map<string, DocumentNode>, "get"> & {
  set(text: string, document: DocumentNode): unknown;
};

export const createKnownTexts = (): KnownTexts => createLRUCache<DocumentNode>();

export interface LearningOptions {
  readonly known: Pick<KnownTexts, "get">;
  /** One text at a time, each client in its turn; default: all at once. */
  readonly texts?: Admission | undefined;
  /** Default: nobody is counted. */
  readonly budget?: Pick<Budget, "spend"> | undefined;
  readonly proxies?: number;
}

/** Whose text it is. */
type Sender = Pick<RequestState, "req" | "principal" | "onEnd">;

interface Reader {
  readonly schema: GraphQLSchema;
  parse(text: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): unknown;
}

/** No text that can be parsed works more than one of so many characters, by far: what is left are values and spaces. */
const MOST_COST = 8000;

/** What parser and validator take for a text, in fields: one for each character. */
export const costOfText = (text: string): number => Math.min(text.length, MOST_COST);

/** Undefined for a text that is known; else what to wait for. @throws VitrineError OVERLOADED, CANCELLED, LIMIT_EXCEEDED (later) */
export type LearnText<State> = (text: string, state: State) => Promise<void> | undefined;

/**
 * Lets a text that is not known be read in its client's turn, at the client's cost, so that all roads to an answer meet it as a
 * known one. What is wrong with it is told there.
 * @param envelop gives the parser and the validator that remember what they have read
 */
export function createLearning<State extends Sender>(
  { known, texts, budget, proxies = 0 }: LearningOptions,
  envelop: (state: State) => Reader,
): LearnText<State> {
  const learn = async (text: string, state: State) => {
    const client = clientOf(state.req, state.principal, proxies);
    const cost = costOfText(text);
    await budget?.spend(client, cost);
    const end = await texts?.enter({ client, cost }, state.onEnd);
    const startedAt = performance.now();
    try {
      // Another of the same text may have had its turn meanwhile.
      if (known.get(text) === undefined) read(envelop(state), text);
    } finally {
      // Nothing else runs while a text is read: as much time is for those whose texts are known.
      if (end) setTimeout(end, performance.now() - startedAt);
    }
  };
  return (text, state) => (known.get(text) === undefined ? learn(text, state) : undefined);
}

function read({ schema, parse, validate }: Reader, text: string): void {
  try {
    validate(schema, parse(text));
  } catch {
    // Whoever asks meets it again.
  }
}

/** For the road through yoga's own HTTP handling (event streams). */
export const learnFirst = <State>(learn: LearnText<State>): Plugin => ({
  async onParams({ params: { query }, context }) {
    // What createYoga passes on is the server's own state.
    if (typeof query === "string") await learn(query, context as unknown as State);
  },
});
