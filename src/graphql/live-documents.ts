import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { VitrineError } from "../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { DocumentStore, Filter } from "../stores/document-store.ts";
import type { FeedWatch, MirrorFeed } from "../stores/mirror-feed.ts";
import { matchesFilter } from "./match-filter.ts";

/** The newest state of a document that a subscriber asked for; null when it is gone or no longer fits. */
export interface Change {
  readonly id: DocumentId;
  readonly document: Document | null;
}

export interface Interest {
  /** Null: all ids. */
  readonly ids: readonly DocumentId[] | null;
  readonly where: Filter | null;
}

export interface LiveDocuments {
  /**
   * First every document of interest, then each change, without a gap between. A subscriber that is slow gets the
   * newest state of each document, not every state: memory is bounded by the documents it follows.
   * @throws VitrineError MIRROR_UNAVAILABLE, LIMIT_EXCEEDED
   */
  follow(model: DocumentModel, interest: Interest): AsyncIterableIterator<Change>;
}

/** Documents that one subscriber may follow. */
const MAX_FOLLOWED = 10_000;
const BATCH = 500;

/** One reader of the mirror per model, shared by all subscribers; idle without them. */
export function createLiveDocuments(feed: MirrorFeed, mirror: DocumentStore): LiveDocuments {
  const readers = new Map<string, ReturnType<typeof createReader>>();
  return {
    follow(model, interest) {
      let reader = readers.get(model.name);
      if (!reader) {
        reader = createReader(feed, mirror, model, () => readers.delete(model.name));
        readers.set(model.name, reader);
      }
      return reader.follow(interest);
    },
  };
}

/**
 * Reads are strictly one after the other, snapshots of newcomers included: what is read later is never older, so no
 * subscriber sees a document go back in time.
 */
function createReader(feed: MirrorFeed, mirror: DocumentStore, model: DocumentModel, onIdle: () => void) {
  const subscribers = new Set<Subscriber>();
  const dirty = new Set<DocumentId>();
  let watch: FeedWatch | undefined;
  let isOpen = false;
  let isRunning = false;

  const onChange = (id: DocumentId | null) => {
    if (id === null) {
      isOpen = true;
      for (const subscriber of subscribers) subscriber.needsSnapshot = true;
    } else if ([...subscribers].some((subscriber) => subscriber.follows(id))) dirty.add(id);
    run();
  };
  const step = async () => {
    const newcomers = [...subscribers].filter((subscriber) => subscriber.needsSnapshot);
    for (const subscriber of newcomers) await subscriber.readSnapshot(mirror, model);
    const ids = [...dirty].slice(0, BATCH);
    if (ids.length === 0) return;
    const documents = await mirror.findByIds(model, ids);
    for (const id of ids) {
      dirty.delete(id);
      const document = documents.get(id) ?? null;
      const state = document && fingerprint(document);
      for (const subscriber of subscribers) subscriber.take(model, id, document, state);
    }
  };
  const hasWork = () => dirty.size > 0 || [...subscribers].some((subscriber) => subscriber.needsSnapshot);
  const run = () => {
    if (isRunning || !isOpen) return;
    isRunning = true;
    void (async () => {
      while (hasWork()) {
        try {
          await step();
        } catch (error) {
          // Those who have seen nothing yet learn why; the others go on when the mirror is back.
          for (const subscriber of subscribers) if (subscriber.needsSnapshot) subscriber.fail(error);
          await wait(250);
        }
      }
      isRunning = false;
    })();
  };

  return {
    follow(interest: Interest): AsyncIterableIterator<Change> {
      const subscriber = new Subscriber(interest, () => {
        subscribers.delete(subscriber);
        if (subscribers.size > 0) return;
        dirty.clear();
        isOpen = false;
        void watch?.stop();
        watch = undefined;
        onIdle();
      });
      subscribers.add(subscriber);
      watch ??= feed.watch(model, onChange);
      run();
      return subscriber;
    },
  };
}

/** Tells states of a document apart, so that nobody is told the same twice; 27 bytes instead of the document. */
const fingerprint = (document: Document): string =>
  createHash("sha1").update(JSON.stringify(document)).digest("base64url");

class Subscriber implements AsyncIterableIterator<Change> {
  needsSnapshot = true;
  readonly #interest: Interest;
  readonly #ids: ReadonlySet<DocumentId> | null;
  readonly #leave: () => void;
  /** Documents that it has been told of and that are still there, each with its state then. */
  readonly #known = new Map<DocumentId, string>();
  /** What it has not taken yet, newest state only. */
  readonly #waiting = new Map<DocumentId, Change>();
  #failure: unknown;
  #isDone = false;
  #wake: (() => void) | undefined;

  constructor(interest: Interest, leave: () => void) {
    this.#interest = interest;
    this.#ids = interest.ids ? new Set(interest.ids) : null;
    this.#leave = leave;
  }

  follows(id: DocumentId): boolean {
    return this.#ids?.has(id) ?? true;
  }

  take(model: DocumentModel, id: DocumentId, document: Document | null, state: string | null): void {
    const { where } = this.#interest;
    if (!this.follows(id) || this.needsSnapshot) return;
    const fits = document !== null && (!where || matchesFilter(model, where, document));
    if (!fits && !this.#known.has(id)) return;
    this.#put(id, fits ? document : null, state);
  }

  async readSnapshot(mirror: DocumentStore, model: DocumentModel): Promise<void> {
    const { ids, where } = this.#interest;
    const gone = new Set(this.#known.keys());
    const read = (documents: Iterable<Document>) => {
      for (const document of documents) {
        if (this.#failure !== undefined) return;
        if (where && !matchesFilter(model, where, document)) continue;
        const id = String(document[model.key]);
        gone.delete(id);
        this.#put(id, document, fingerprint(document));
      }
    };
    if (ids) read((await mirror.findByIds(model, ids)).values());
    else
      for await (const document of mirror.stream(model, where)) {
        read([document]);
        if (this.#failure !== undefined) break;
      }
    for (const id of gone) this.#put(id, null, null);
    this.needsSnapshot = false;
  }

  fail(error: unknown): void {
    this.#failure = error;
    this.#wake?.();
  }

  #put(id: DocumentId, document: Document | null, state: string | null): void {
    if (document && this.#known.get(id) === state) return;
    if (document && state !== null) this.#known.set(id, state);
    else this.#known.delete(id);
    if (this.#known.size > MAX_FOLLOWED)
      this.fail(
        new VitrineError(
          "LIMIT_EXCEEDED",
          `A subscription follows ${MAX_FOLLOWED} documents at most. Narrow it with ids or where.`,
        ),
      );
    // Set anew at the end: the one that changed last is told last.
    this.#waiting.delete(id);
    this.#waiting.set(id, { id, document });
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Change>> {
    while (!this.#isDone) {
      if (this.#failure !== undefined) {
        await this.return();
        throw this.#failure;
      }
      const [change] = this.#waiting.values();
      if (change) {
        this.#waiting.delete(change.id);
        return { done: false, value: change };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Change>> {
    if (!this.#isDone) {
      this.#isDone = true;
      this.#leave();
      this.#wake?.();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
