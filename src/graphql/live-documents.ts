import { setTimeout as wait } from "node:timers/promises";
import type { VitrineError } from "../errors.ts";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import type { FeedWatch, MirrorFeed, OnFeedFailure } from "../stores/mongodb/mirror-feed.ts";
import { readSnapshots } from "./read-snapshots.ts";
import { type Change, fingerprint, type Interest, Subscriber } from "./subscriber.ts";

export interface LiveDocuments {
  /**
   * First every document of interest (an id asked for that is not there: null), then each change, without a gap
   * between: who has lost the connection follows anew. A subscriber that is slow gets the
   * newest state of each document, not every state: memory is bounded by the documents it follows.
   * @throws VitrineError MIRROR_UNAVAILABLE, LIMIT_EXCEEDED
   */
  follow(model: DocumentModel, interest: Interest): AsyncIterableIterator<Change>;
}

/** Changed documents read at once. */
const BATCH = 500;

/**
 * One reader of the mirror per model, shared by all subscribers; idle without them. `onFailure` is told when it cannot read
 * for them, and not again before it could.
 */
export function createLiveDocuments(
  feed: MirrorFeed,
  mirror: DocumentStore,
  onFailure: OnFeedFailure = () => undefined,
): LiveDocuments {
  const readers = new Map<string, ReturnType<typeof createReader>>();
  return {
    follow(model, interest) {
      let reader = readers.get(model.name);
      if (!reader) {
        reader = createReader({ feed, mirror, model, onFailure, onIdle: () => readers.delete(model.name) });
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
function createReader(options: {
  readonly feed: MirrorFeed;
  readonly mirror: DocumentStore;
  readonly model: DocumentModel;
  readonly onFailure: OnFeedFailure;
  readonly onIdle: () => void;
}) {
  const { feed, mirror, model, onFailure, onIdle } = options;
  const subscribers = new Set<Subscriber>();
  const dirty = new Set<DocumentId>();
  let watch: FeedWatch | undefined;
  let isOpen = false;
  let isRunning = false;

  const onChange = (id: DocumentId | null) => {
    if (id === null) {
      isOpen = true;
      for (const subscriber of subscribers) subscriber.doubt();
    } else if ([...subscribers].some((subscriber) => subscriber.follows(id))) dirty.add(id);
    run();
  };
  /** Documents of the mirror that are none of the model: told of once, and again when they were mended meanwhile. */
  const unreadable = new Set<DocumentId>();
  const onInvalid = (id: DocumentId, error: VitrineError) => {
    if (!unreadable.has(id)) onFailure(model, error);
    unreadable.add(id);
  };
  const step = async () => {
    const newcomers = [...subscribers].filter((subscriber) => subscriber.needsSnapshot);
    await readSnapshots(mirror, model, newcomers, onInvalid);
    const ids = [...dirty].slice(0, BATCH);
    if (ids.length === 0) return;
    // Before the read: what is written from now on makes it dirty again.
    for (const id of ids) {
      dirty.delete(id);
      unreadable.delete(id);
    }
    const documents = await mirror.findByIds(model, ids, { onInvalid }).catch((error: unknown) => {
      for (const id of ids) dirty.add(id);
      throw error;
    });
    for (const id of ids) {
      if (unreadable.has(id)) continue;
      const document = documents.get(id) ?? null;
      const state = document && fingerprint(document);
      for (const subscriber of subscribers) subscriber.take(id, document, state);
    }
  };
  const hasWork = () => dirty.size > 0 || [...subscribers].some((subscriber) => subscriber.needsSnapshot);
  const run = () => {
    if (isRunning || !isOpen) return;
    isRunning = true;
    void (async () => {
      let isFailing = false;
      while (hasWork()) {
        try {
          await step();
          isFailing = false;
        } catch (error) {
          if (!isFailing) onFailure(model, error);
          isFailing = true;
          // Those who have seen nothing yet learn why; the others go on when the mirror is back.
          for (const subscriber of subscribers) if (subscriber.isNew) subscriber.fail(error);
          await wait(250);
        }
      }
      isRunning = false;
    })();
  };

  return {
    follow(interest: Interest): AsyncIterableIterator<Change> {
      const subscriber = new Subscriber(model, interest, () => {
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
