import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import type { DocumentStore, Filter, ReadOptions } from "../stores/document-store.ts";
import { fingerprint, type Subscriber } from "./subscriber.ts";

/** Documents read at once. */
const BATCH = 500;

/**
 * Tells newcomers what is. Those who want the same share one read, so a thousand cost the mirror hardly more than
 * one does. A document that cannot be read is told to nobody but `onInvalid`. @throws VitrineError MIRROR_UNAVAILABLE
 */
export async function readSnapshots(
  mirror: DocumentStore,
  model: DocumentModel,
  newcomers: readonly Subscriber[],
  onInvalid: NonNullable<ReadOptions["onInvalid"]>,
): Promise<void> {
  const keepFor = (subscribers: readonly Subscriber[]): ReadOptions => ({
    onInvalid(id, error) {
      onInvalid(id, error);
      for (const subscriber of subscribers) subscriber.keep(id);
    },
  });
  for (const subscriber of newcomers) subscriber.beginSnapshot();
  for (const { ids, subscribers } of groupByIds(newcomers)) {
    const documents = (await mirror.findByIds(model, [...ids], keepFor(subscribers))).values();
    tell(subscribers, documents, model);
    for (const subscriber of subscribers) subscriber.endSnapshot();
  }
  for (const { where, subscribers } of groupByFilter(newcomers)) {
    for await (const document of mirror.stream(model, where, keepFor(subscribers))) {
      tell(subscribers, [document], model);
      if (subscribers.every((subscriber) => subscriber.hasFailed)) break;
    }
    for (const subscriber of subscribers) subscriber.endSnapshot();
  }
}

function tell(subscribers: readonly Subscriber[], documents: Iterable<Document>, model: DocumentModel): void {
  for (const document of documents) {
    const state = fingerprint(document);
    for (const subscriber of subscribers)
      subscriber.takeSnapshot(String(document[model.key]), document, state);
  }
}

/** Groups that together name few enough ids for one read. */
function groupByIds(newcomers: readonly Subscriber[]) {
  const groups: { readonly ids: Set<DocumentId>; readonly subscribers: Subscriber[] }[] = [];
  for (const subscriber of newcomers) {
    const { ids } = subscriber.interest;
    if (!ids) continue;
    let group = groups.at(-1);
    if (!group || group.ids.size + ids.length > BATCH) {
      group = { ids: new Set(), subscribers: [] };
      groups.push(group);
    }
    for (const id of ids) group.ids.add(id);
    group.subscribers.push(subscriber);
  }
  return groups;
}

function groupByFilter(newcomers: readonly Subscriber[]) {
  const groups = new Map<string, { readonly where: Filter | null; readonly subscribers: Subscriber[] }>();
  for (const subscriber of newcomers) {
    const { ids, where } = subscriber.interest;
    if (ids) continue;
    const key = JSON.stringify(where);
    const group = groups.get(key) ?? { where, subscribers: [] };
    group.subscribers.push(subscriber);
    groups.set(key, group);
  }
  return groups.values();
}
