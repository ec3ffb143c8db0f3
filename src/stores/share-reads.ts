import type { VitrineError } from "../errors.ts";
import { extend } from "../extend.ts";
import type { Document, DocumentId } from "../models/model.ts";
import type { DocumentStore, PageGap, ReadOptions } from "./document-store.ts";
import { idsOfPage, readNamedPage } from "./named-page.ts";
import { startTimeLimit, type TimeLimit, whileWanted } from "./time-limit.ts";

/** Reads of one kind that run at a time: who comes meanwhile waits for the next one, with all others who do. */
const SIDE_BY_SIDE = 2;
/** Ids of one read, unless a single caller has more. */
const MOST_IDS = 200;
/** A read that takes longer holds up nobody: the next one begins beside it. */
const SLOW_MS = 20;

/** Somebody who waits for documents. */
interface Call<T> {
  /** None, of those who all ask for the same. */
  readonly ids: readonly DocumentId[];
  readonly time: TimeLimit;
  readonly onInvalid: ReadOptions["onInvalid"];
  resolve(answer: T): void;
  reject(error: unknown): void;
}

/** Reads for all calls at once, and tells what each of them gets of it. */
type Read<T> = (calls: readonly Call<T>[], options: ReadOptions) => Promise<(call: Call<T>) => void>;

/** Calls that one read can answer, in the order in which they came. */
interface Queue<T> {
  readonly read: Read<T>;
  readonly waiting: Call<T>[];
  running: number;
  isStarting: boolean;
  /** Called when nobody waits and nothing runs. */
  forget(): void;
}

/**
 * A store whose reads by id, also of a page that names its ids, and those of equal pages, are shared by all who call it.
 * While few do, each is a read of its own; when many do, those who wait are answered by one. A read begins after each of its
 * calls has come, so nobody is given a state from before that; it ends when nobody waits for it any more.
 */
export function shareReads(store: DocumentStore): DocumentStore {
  const byIds = createQueues<ReadonlyMap<DocumentId, Document>>();
  const pages = createQueues<readonly Document[]>();
  const findByIds: DocumentStore["findByIds"] = (model, ids, options = {}) => {
    const { asOf, collection, node, fields, where } = options;
    // A moment of the past is hardly asked for by two, and who asks how it is read is told of a read of its own.
    if (asOf !== undefined || options.onStatement || ids.length >= MOST_IDS)
      return store.findByIds(model, ids, options);
    // Who may see other rows is never told of those of somebody else.
    const key = `${model.name} ${collection} ${node} ${fields} ${where ? JSON.stringify(where) : ""}`;
    return byIds.ask(key, ids, options, async (calls, shared) => {
      const invalid = new Map<DocumentId, VitrineError>();
      const onInvalid = (id: DocumentId, error: VitrineError) => invalid.set(id, error);
      const all = [...new Set(calls.flatMap((call) => call.ids))];
      const asked = extend(shared, { collection, node, fields, where, onInvalid });
      const found = await store.findByIds(model, all, asked);
      return (call) => give(call, found, invalid);
    });
  };
  return {
    ...store,
    findByIds,
    findPage(model, page, options = {}) {
      const { asOf, collection, node, fields } = options;
      if (asOf !== undefined) return store.findPage(model, page, options);
      const ids = idsOfPage(model, page);
      if (ids && ids.length < MOST_IDS) return readNamedPage(findByIds, model, ids, options);
      if (options.onStatement) return store.findPage(model, page, options);
      const key = JSON.stringify([model.name, collection, node, fields, page]);
      return pages.ask(key, [], options, async (_calls, shared) => {
        const gaps: [DocumentId, VitrineError, PageGap | undefined][] = [];
        const onInvalid: ReadOptions["onInvalid"] = (...gap) => gaps.push([gap[0], gap[1], gap[2]]);
        const found = await store.findPage(
          model,
          page,
          extend(shared, { collection, node, fields, onInvalid }),
        );
        return ({ onInvalid: tell, resolve, reject }) => {
          const [first] = gaps;
          if (first && !tell) return void reject(first[1]);
          for (const gap of gaps) tell?.(...gap);
          resolve(found);
        };
      });
    },
  };
}

/** The documents of one call of all that were read. */
function give(
  { ids, onInvalid, resolve, reject }: Call<ReadonlyMap<DocumentId, Document>>,
  found: ReadonlyMap<DocumentId, Document>,
  invalid: ReadonlyMap<DocumentId, VitrineError>,
): void {
  const own = new Map<DocumentId, Document>();
  for (const id of ids) {
    const document = found.get(id);
    if (document) own.set(id, document);
    const error = invalid.get(id);
    if (error && onInvalid) onInvalid(id, error);
    else if (error) reject(error);
  }
  resolve(own);
}

/** Queues by what they ask for, as long as somebody does. */
function createQueues<T>() {
  const queues = new Map<string, Queue<T>>();
  const open = (key: string, read: Read<T>): Queue<T> => {
    const forget = () => {
      if (queues.get(key) === queue) queues.delete(key);
    };
    const queue: Queue<T> = { read, waiting: [], running: 0, isStarting: false, forget };
    queues.set(key, queue);
    return queue;
  };
  return {
    ask(key: string, ids: readonly DocumentId[], options: ReadOptions, read: Read<T>): Promise<T> {
      const { signal, onInvalid } = options;
      if (signal?.aborted) return Promise.reject(signal.reason);
      const queue = queues.get(key) ?? open(key, read);
      const answered = new Promise<T>((resolve, reject) => {
        queue.waiting.push({ ids, time: startTimeLimit(options), onInvalid, resolve, reject });
      });
      startSoon(queue);
      return whileWanted(answered, signal);
    },
  };
}

/** In the next round of the event loop: what has come in this one goes together. */
function startSoon<T>(queue: Queue<T>): void {
  if (queue.isStarting || queue.running >= SIDE_BY_SIDE) return;
  queue.isStarting = true;
  setImmediate(() => {
    queue.isStarting = false;
    while (queue.running < SIDE_BY_SIDE) {
      const calls = takeCalls(queue.waiting);
      if (calls.length === 0) break;
      void answer(queue, calls);
    }
    if (queue.running === 0) queue.forget();
  });
}

/** The calls of the next read; those that nobody waits for any more are left out. */
function takeCalls<T>(waiting: Call<T>[]): readonly Call<T>[] {
  const taken: Call<T>[] = [];
  const ids = new Set<DocumentId>();
  for (let next = waiting[0]; next; next = waiting[0]) {
    const others = next.ids.filter((id) => !ids.has(id));
    if (ids.size + others.length > MOST_IDS) break;
    waiting.shift();
    if (next.time.signal.aborted) continue;
    for (const id of others) ids.add(id);
    taken.push(next);
  }
  return taken;
}

async function answer<T>(queue: Queue<T>, calls: readonly Call<T>[]): Promise<void> {
  let counts = 1;
  queue.running += 1;
  const leave = () => {
    queue.running -= counts;
    counts = 0;
    startSoon(queue);
  };
  const slow = setTimeout(leave, SLOW_MS);
  const wanted = wantedByAny(calls);
  try {
    const timeoutMs = Math.max(...calls.map(({ time }) => time.leftMs()));
    calls.forEach(await queue.read(calls, { signal: wanted.signal, timeoutMs }));
  } catch (error) {
    for (const { reject } of calls) reject(error);
  } finally {
    wanted.forget();
    clearTimeout(slow);
    leave();
  }
}

/** A signal that is aborted when all calls are, with the reason of the last one. */
function wantedByAny(calls: readonly Call<never>[]): { readonly signal: AbortSignal; forget(): void } {
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
