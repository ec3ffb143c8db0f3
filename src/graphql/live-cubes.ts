import type { Guard } from "../access/guard.ts";
import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import type { DocumentModel } from "../models/model.ts";
import { isRollUp } from "../models/roll-up.ts";
import type { DocumentStore, Filter } from "../stores/document-store.ts";
import type { MirrorFeed, OnFeedFailure } from "../stores/mongodb/mirror-feed.ts";
import { shareWatches } from "../stores/mongodb/share-watches.ts";
import { planRollUps } from "../stores/plan-roll-up.ts";
import { endAfter } from "../stores/time-limit.ts";
import { createAnswerTimes } from "./answer-times.ts";
import { askCube } from "./ask-cube.ts";
import type { RequestContext } from "./context.ts";
import type { CubeQuestion } from "./cube-conversion.ts";
import { findGivingWay } from "./give-way.ts";
import type { LiveCubeMetrics } from "./live-cube-metrics.ts";
import { createLiveQuestion, type Evaluation, type ReadModel } from "./live-question.ts";
import type { CubeUpdate } from "./live-rows.ts";
import { mayConcern } from "./may-concern.ts";
import { isFaultOfStore } from "./read-faults.ts";
import type { Router } from "./read-plan.ts";
import { createReads } from "./reads.ts";
import type { SizeOf } from "./roll-up-sizes.ts";

/** A question to a cube, and in which currency money is shown, if in one. */
export interface FollowedQuestion extends CubeQuestion {
  readonly cube: CubeModel;
  readonly convertTo: string | null;
  /** What stands between whoever follows it and the stores; default: nothing. */
  readonly guard?: Guard | undefined;
}

export interface LiveCubes {
  /**
   * First all rows of a question, then those that differ and those that are gone, without a gap between: who has lost the
   * connection follows anew. All who follow one question share its evaluations.
   * @param client who asks, by name: of questions that nobody else asked before, each has a share
   * @throws VitrineError LIMIT_EXCEEDED for one question too many, and what evaluating it meets
   */
  follow(question: FollowedQuestion, client: string): AsyncIterableIterator<CubeUpdate>;
}

export interface LiveCubesOptions {
  /** Those that cubes may be made of, with their roll-ups. */
  readonly models: readonly DocumentModel[];
  readonly stores: Readonly<Record<DocumentStore["name"], DocumentStore>>;
  readonly route: Router;
  readonly feed: MirrorFeed;
  readonly metrics: LiveCubeMetrics;
  /** The longest that an evaluation may take. */
  readonly timeoutMs: number;
  /** Documents that an evaluation may read. */
  readonly maxDocuments: number;
  readonly sizeOf?: SizeOf;
  readonly noteQuestion?: RequestContext["noteQuestion"];
  readonly onFailure?: OnFeedFailure;
  /** Default: MAX_QUESTIONS. */
  readonly maxQuestions?: number;
  /** Of these, those that one client asked first; default: MAX_OF_ONE. */
  readonly maxOfOne?: number;
}

/** Questions that differ, followed at a time. */
const MAX_QUESTIONS = 100;
/** More than a page shows; the others are for other clients. */
const MAX_OF_ONE = 25;
/** Evaluations at a time: those who ask once are not to wait for them. */
const SIDE_BY_SIDE = 2;
/** Pushes come from the mirror, however old it is: that is told. */
const demand = { source: "MIRROR", maxStalenessMs: undefined } as const;

/** One evaluation per question and change, however many follow it; idle without them. */
export function createLiveCubes(options: LiveCubesOptions): LiveCubes {
  const { metrics, onFailure } = options;
  const feed = shareWatches(options.feed);
  const questions = new Map<string, OpenQuestion>();
  const inTurn = createTurns(SIDE_BY_SIDE);
  metrics.observe(() => [...questions.values()].map(({ live }) => live.size));

  const open = (key: string, question: FollowedQuestion) => {
    const { cube } = question;
    const live = createLiveQuestion({
      feed,
      inTurn,
      findAnswering: (signal) => findAnswering(options, question, signal),
      evaluate: (signal) => evaluate(options, question, signal),
      onEvaluated: (outcome, seconds) => metrics.evaluated(cube.name, outcome, seconds),
      onFailure: (error) => onFailure?.(cube, error),
      onIdle: () => {
        // It may have given way, and be asked anew.
        if (questions.get(key)?.live === live) questions.delete(key);
      },
    });
    return live;
  };
  return {
    follow(question, client) {
      const key = nameOf(question);
      let known = questions.get(key);
      if (!known) {
        makeRoom(questions, client, options);
        known = { key, live: open(key, question), client };
        questions.set(key, known);
      }
      return known.live.follow();
    },
  };
}

interface OpenQuestion {
  readonly key: string;
  readonly live: ReturnType<typeof createLiveQuestion>;
  /** Who asked it first. */
  readonly client: string;
}

/**
 * Whoever has most gives way to who has less.
 * @throws VitrineError LIMIT_EXCEEDED when there is no room for another question, or none for another of this client
 */
function makeRoom(
  questions: Map<string, OpenQuestion>,
  client: string,
  { maxQuestions = MAX_QUESTIONS, maxOfOne = MAX_OF_ONE }: LiveCubesOptions,
): void {
  const refusal = (problem: string) =>
    new VitrineError("LIMIT_EXCEEDED", `${problem} Follow one that others do, or ask now and then.`);
  const own = [...questions.values()].filter((one) => one.client === client);
  if (own.length >= maxOfOne) throw refusal(`${maxOfOne} questions to cubes are followed for one client.`);
  if (questions.size < maxQuestions) return;
  const last = findGivingWay(questions.values(), client);
  if (!last) throw refusal(`${maxQuestions} questions to cubes are followed at a time.`);
  questions.delete(last.key);
  last.live.end(
    new VitrineError(
      "LIMIT_EXCEEDED",
      `${maxQuestions} questions to cubes are followed at a time, and this one, of who follows most, gave way.`,
    ),
  );
}

/** Questions of one name have the same rows. */
const nameOf = ({ cube, query, convertTo, guard }: FollowedQuestion): string =>
  JSON.stringify([cube.name, convertTo, query, guard?.key]);

/** The model that the mirror would answer from: as the plan of a query chooses. */
async function findAnswering(
  { route, sizeOf }: LiveCubesOptions,
  { cube, asked, guard }: Pick<FollowedQuestion, "cube" | "asked" | "guard">,
  signal: AbortSignal,
): Promise<ReadModel> {
  for (const { rollUp, query } of planRollUps(cube, asked, sizeOf))
    try {
      if ((await route(rollUp, demand, signal)).rejected === 0)
        return toRead(guard?.definitionOf(rollUp) ?? rollUp, query.where);
    } catch (error) {
      signal.throwIfAborted();
      if (!isFaultOfStore(error)) throw error;
    }
  await route(cube, demand, signal);
  return toRead(guard?.definitionOf(cube) ?? cube, null);
}

/** What is written of a roll-up is told apart by its key; a fact that fits no longer may have done so before. */
const toRead = (model: DocumentModel, where: Filter | null): ReadModel => ({
  model,
  concerns: (id) => !isRollUp(model) || mayConcern(model, where, id),
});

async function evaluate(
  options: LiveCubesOptions,
  question: FollowedQuestion,
  stopped: AbortSignal,
): Promise<Evaluation> {
  const { models, noteQuestion, sizeOf, timeoutMs } = options;
  const { cube, asked, guard } = question;
  const stores = guard ? guard.stores(options.stores) : options.stores;
  // A server that hangs does not keep its own limit.
  const signal = endAfter(timeoutMs, stopped);
  const reads = createReads({ ...options, stores, signal, answerTimes: createAnswerTimes() });
  const rows = await askCube(cube, question, reads.open(cube.name, cube, demand), {
    sizeOf,
    note: (answer) => noteQuestion?.(cube, asked, answer),
  });
  const entries = reads.freshness();
  const plans = planRollUps(cube, asked, sizeOf);
  const positions = entries.map(({ position }) => BigInt(position ?? 0));
  return {
    rows,
    read: models
      .filter(({ name }) => entries.some(({ model }) => model === name))
      .map((model) =>
        toRead(model, plans.find(({ rollUp }) => rollUp.name === model.name)?.query.where ?? null),
      ),
    // Of several models the older one counts.
    position: String(positions.reduce((least, one) => (one < least ? one : least), positions[0] ?? 0n)),
    asOf: entries.map(({ asOf }) => asOf).sort()[0] ?? "",
  };
}

/** Runs so many at a time, the others in the order in which they came. */
function createTurns(atATime: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atATime) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The next one takes the place of this one.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
