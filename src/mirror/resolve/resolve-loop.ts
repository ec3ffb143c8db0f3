import { markComplete } from "../../core/acknowledge.ts";
import { type ChangeTable, readChangeTables } from "../../core/change-tables.ts";
import { readHint } from "../../core/hint.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import type { FastPath } from "../lanes/fast.ts";
import { type SnapshotPool, type Snapshots, withSnapshots } from "../snapshots.ts";
import { pause } from "../wake-up.ts";
import { type Resolved, readCycle } from "./cycle.ts";
import { type CycleLandings, createCycleLandings, createLane, type Lane } from "./cycle-landings.ts";
import type { Exhausted } from "./exhausted.ts";
import { createLongLane, type LongLane } from "./long-lane.ts";
import {
  afterCycle,
  afterPause,
  afterSweep,
  CYCLE,
  choosePoll,
  chooseTables,
  firstState,
  isAwaited,
  isMarkDue,
  type ResolveState,
} from "./resolve-steps.ts";

export interface ResolverOptions {
  readonly db: MariaDb;
  /** Every model of the project: changes are forgotten once all of these know what they touch. */
  readonly models: readonly DocumentModel[];
  /** Those of which this loader keeps the mirror: it resolves the changes of their tables. Default: all. */
  readonly served?: readonly DocumentModel[];
  /** For tables that have too much to do. */
  readonly snapshots: SnapshotPool;
  readonly fast: FastPath;
  readonly exhausted: Exhausted;
  readonly signal: AbortSignal;
  /** Called when a cycle has landed. */
  readonly onResolved: (resolved: Resolved) => void;
}

/** Cycles whose documents and acknowledgements are being written while the next one is read. */
const FLIGHTS = 2;
/** A table that is captured since now is noticed after so long. */
const TABLES_KEPT_MS = 1000;

/** Empties the change tables. Throws when MariaDB is lost; run it again then. */
export async function runResolver(options: ResolverOptions): Promise<void> {
  const { db, fast } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    stop.abort();
  };
  const landings = createCycleLandings(options);
  const long = createLongLane({ ...options, landings, signal, fail });
  const polling = withSnapshots(db, (snapshots) =>
    poll({ ...options, signal, snapshots, landings, long, fail }),
  );
  await Promise.all([polling.catch(fail), long.run().catch(fail)]);
  await landings.drain();
  await fast.drain();
  if (failure) throw failure.error;
}

interface Polling extends Omit<ResolverOptions, "snapshots"> {
  readonly snapshots: Snapshots;
  readonly landings: CycleLandings;
  readonly long: LongLane;
  readonly fail: (error: unknown) => void;
}

/** Polls the change tables, reads a cycle when there is one, and pauses, unless more is known to be there. */
async function poll(polling: Polling): Promise<void> {
  const { db, served = polling.models, long, exhausted, signal } = polling;
  const lane = createLane();
  const flights: Promise<void>[] = [];
  let state = firstState;
  let marked = 0n;
  let known: readonly ChangeTable[] = [];
  let knownAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const now = performance.now();
    if (now - knownAt >= TABLES_KEPT_MS) {
      known = await readOwnTables(polling);
      knownAt = now;
    }
    const tables = known.filter(({ source }) => !long.has(source));
    const { after, isSweep } = choosePoll(state, now);
    const hint = await readHint(db, served, tables, { after, inFlight: polling.landings.inFlight });
    if (isSweep) state = afterSweep(state, now, performance.now() - now);
    // A big change that is being queued keeps its table from being found empty.
    const { inFlight } = polling.landings;
    const isUnderWay = lane.underWay > 0 || tables.some(({ name }) => (inFlight.get(name)?.size ?? 0) > 0);
    const landed = isUnderWay ? null : exhausted.ofAll(tables);
    const chosen = chooseTables(state, hint, { tables, landed }, now);
    if (chosen) {
      const isWhole = chosen.length === tables.length;
      // From their first rows: what is said of a position is true of every change before it.
      const from = isWhole ? new Map<string, string>() : after;
      const changed = new Set(hint.changed.map(({ source }) => source));
      state = await take(polling, { state, after: from, chosen, changed, isWhole, lane, flights });
    }
    const awaited = isAwaited(hint);
    const reached = exhausted.ofAll(known);
    let isMarked = false;
    // A queue that is empty now has left nothing of what was there at that position.
    if (isMarkDue(state, { awaited, hasNews: reached > marked }, now)) {
      isMarked = (await markComplete(db, new Map(served.map((model) => [model, exhausted.of(model)])))) > 0;
      marked = reached;
      state = { ...state, markedAt: now };
    }
    await pause(state.pauseMs, signal);
    state = afterPause(state, awaited && isMarked);
  }
}

/** Reads a cycle, and lets it land beside the one before. */
async function take(
  { snapshots, models, landings, long, fast, fail }: Polling,
  step: {
    readonly state: ResolveState;
    readonly after: ReadonlyMap<string, string>;
    readonly chosen: readonly ChangeTable[];
    readonly changed: ReadonlySet<string>;
    readonly isWhole: boolean;
    readonly lane: Lane;
    readonly flights: Promise<void>[];
  },
): Promise<ResolveState> {
  const { inFlight } = landings;
  const { chosen: tables, changed, after } = step;
  const options = { tables, changed, after, limit: CYCLE, inFlight, fast };
  const cycle = await readCycle(snapshots, models, options);
  for (const source of cycle.long) long.add(source);
  step.flights.push(landings.land(cycle, step.lane).catch(fail));
  if (step.flights.length > FLIGHTS) await step.flights.shift();
  return afterCycle(step.state, cycle, { isWhole: step.isWhole, now: performance.now() });
}

/** The change tables that the served models read, and those that nobody reads. */
async function readOwnTables({
  db,
  models,
  served = models,
}: Pick<ResolverOptions, "db" | "models" | "served">): Promise<readonly ChangeTable[]> {
  const names = new Set(served.map(({ name }) => name));
  return (await readChangeTables(db)).filter(
    ({ views }) =>
      served.length === models.length ||
      views.size === 0 ||
      [...views.keys()].some((name) => names.has(name)),
  );
}
