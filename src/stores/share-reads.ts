import type { VitrineError } from "../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { DocumentStore, ReadOptions } from "./document-store.ts";
import { startTimeLimit, type TimeLimit, whileWanted } from "./time-limit.ts";

/** Reads of one kind that run at a time: who comes meanwhile waits for the next one, with all others who do. */
const SIDE_BY_SIDE = 2;
/** Ids of one read, unless a single caller has more. */
const MOST_IDS = 100;
/** A read that takes longer holds up nobody: the next one begins beside it. */
const SLOW_MS = 20;

type Found = ReadonlyMap<DocumentId, Document>;

/** Somebody who waits for documents. */
interface Call {
  readonly ids: readonly DocumentId[];
  readonly time: TimeLimit;
  readonly onInvalid: ReadOptions["onInvalid"];
  resolve(found: Found): void;
  reject(error: unknown): void;
}

/** Calls that one read can answer, in the order in which they came. */
interface Queue {
  readonly read: (ids: readonly DocumentId[], options: ReadOptions) => Promise<Found>;
  readonly waiting: Call[];
  running: number;
  isStarting: boolean;
}

/**
 * A store whose reads by id are shared by all who call it. While few do, each is a read of its own; when many do, those who
 * wait are answered by one. A read begins after each of its calls has come, so nobody is given a state from before that;
 * it ends when nobody waits for it any more.
 */
export function shareReads(store: DocumentStore): DocumentStore {
  const queues = new Map<string, Queue>();
  const queueOf = (model: DocumentModel, { collection, fields }: ReadOptions): Queue => {
    const key = `${model.name} ${collection} ${fields}`;
    const known = queues.get(key);
    if (known) return known;
    const read: Queue["read"] = (ids, options) =>
      store.findByIds(model, ids, { ...options, collection, fields });
    const queue = { read, waiting: [], running: 0, isStarting: false };
    queues.set(key, queue);
    return queue;
  };
  return {
    ...store,
    findByIds(model, ids, options = {}) {
      const { asOf, signal } = options;
      // A moment of the past is hardly asked for by two.
      if (asOf !== undefined || ids.length >= MOST_IDS) return store.findByIds(model, ids, options);
      if (signal?.aborted) return Promise.reject(signal.reason);
      const queue = queueOf(model, options);
      const answered = new Promise<Found>((resolve, reject) => {
        const { onInvalid } = options;
        queue.waiting.push({ ids, time: startTimeLimit(options), onInvalid, resolve, reject });
      });
      startSoon(queue);
      return whileWanted(answered, signal);
    },
  };
}

/** In the next round of the event loop: what has come in this one goes together. */
function startSoon(queue: Queue): void {
  if (queue.isStarting || queue.running >= SIDE_BY_SIDE) return;
  queue.isStarting = true;
  setImmediate(() => {
    queue.isStarting = false;
    while (queue.running < SIDE_BY_SIDE) {
      const calls = takeCalls(queue.waiting);
      if (calls.length === 0) return;
      void answer(queue, calls);
    }
  });
}

/** The calls of the next read; those that nobody waits for any more are left out. */
function takeCalls(waiting: Call[]): readonly Call[] {
  const taken: Call[] = [];
  let ids = 0;
  while (waiting[0] && ids + waiting[0].ids.length <= MOST_IDS) {
    const call = waiting.shift() as Call; // there is one, as just seen
    if (call.time.signal.aborted) continue;
    ids += call.ids.length;
    taken.push(call);
  }
  return taken;
}

async function answer(queue: Queue, calls: readonly Call[]): Promise<void> {
  let counts = 1;
  queue.running += 1;
  const leave = () => {
    queue.running -= counts;
    counts = 0;
    if (queue.waiting.length > 0) startSoon(queue);
  };
  const slow = setTimeout(leave, SLOW_MS);
  const wanted = wantedByAny(calls);
  const invalid = new Map<DocumentId, VitrineError>();
  try {
    const ids = calls.length === 1 ? (calls[0]?.ids ?? []) : [...new Set(calls.flatMap((call) => call.ids))];
    const found = await queue.read(ids, {
      signal: wanted.signal,
      timeoutMs: Math.max(...calls.map(({ time }) => time.leftMs())),
      onInvalid: (id, error) => invalid.set(id, error),
    });
    for (const call of calls) give(call, found, invalid);
  } catch (error) {
    for (const { reject } of calls) reject(error);
  } finally {
    wanted.forget();
    clearTimeout(slow);
    leave();
  }
}

/** Its own documents of all that were read. */
function give(
  { ids, onInvalid, resolve, reject }: Call,
  found: Found,
  invalid: ReadonlyMap<DocumentId, VitrineError>,
): void {
  const own = new Map<DocumentId, Document>();
  for (const id of ids) {
    const document = found.get(id);
    if (document) own.set(id, document);
    const error = invalid.get(id);
    if (!error) continue;
    if (onInvalid) onInvalid(id, error);
    else reject(error);
  }
  resolve(own);
}

/** A signal that is aborted when all calls are, with the reason of the last one. */
function wantedByAny(calls: readonly Call[]): { readonly signal: AbortSignal; forget(): void } {
  const [only] = calls;
  if (only && calls.length === 1) return { signal: only.time.signal, forget: () => undefined };
  const controller = new AbortController();
  let left = calls.length;
  const leave = (event: Event) => {
    left -= 1;
    if (left === 0) controller.abort((event.target as AbortSignal).reason); // only signals are listened to
  };
  for (const { time } of calls) time.signal.addEventListener("abort", leave, { once: true });
  return {
    signal: controller.signal,
    forget() {
      for (const { time } of calls) time.signal.removeEventListener("abort", leave);
    },
  };
}
