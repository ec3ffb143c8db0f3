import type { Guard } from "../../access/guard.ts";
import type { StreamOptions } from "../../exports/export-models.ts";
import { createPastSource, withLiveSource } from "../../exports/export-sources.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { storedNames } from "../../stores/conversion/stored-fields.ts";
import type { Filter } from "../../stores/document-store.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { isAway, isUnknownThere } from "../read-faults.ts";
import type { FreshnessEntry, ReadDemand } from "../read-plan.ts";
import type { GatewayOptions } from "../yoga.ts";
import { chargeRows } from "./charge-rows.ts";

/** The documents of a model that somebody asks for. */
export interface AskedDocuments {
  /** What the answer calls them. */
  readonly root: string;
  readonly model: DocumentModel;
  readonly where: Filter | null;
  /** Those that are wanted; the key is read in any case. */
  readonly fields: readonly string[];
  readonly demand: ReadDemand;
}

/** Where they are read. */
export interface StreamPlaces
  extends Pick<GatewayOptions, "stores" | "route" | "replicas" | "metrics" | "budget" | "admission"> {
  /** Who asks, by name. */
  readonly client: string;
  readonly reader: MariaDb;
  /** What stands between whoever asks and snapshots of live, as between them and the stores; default: nothing. */
  readonly guard?: Pick<Guard, "stream"> | undefined;
}

/** An entry of `extensions.freshness`; as of a moment there is no other age. */
type Age = Pick<FreshnessEntry, "root" | "model" | "source" | "asOf"> & Partial<FreshnessEntry>;

/**
 * Reads the documents that fit, in key order and in constant memory, from the store that the demand leads to: of live in
 * one snapshot, of the past as of one moment; on a replica where one is near enough, and on the primary when that fails before
 * it has given anything.
 * @param work takes them, and how old they are; a document that the store cannot give ends them with its error
 */
export async function streamModel(
  places: StreamPlaces,
  asked: AskedDocuments,
  signal: AbortSignal,
  work: (documents: AsyncIterable<Document>, age: Age) => Promise<void>,
): Promise<void> {
  const node = places.replicas?.forRequest();
  let hasBegun = false;
  const begin = (documents: AsyncIterable<Document>, age: Age) => {
    hasBegun = true;
    return work(documents, age);
  };
  const demand = { ...asked.demand, node };
  try {
    await streamFrom(places, { ...asked, demand }, signal, begin);
  } catch (error) {
    signal.throwIfAborted();
    if (!node || hasBegun || (!isAway(error) && !isUnknownThere(error))) throw error;
    node.leave();
    await streamFrom(places, { ...asked, demand }, signal, begin);
  }
}

async function streamFrom(
  { stores, route, replicas, reader, metrics, budget, admission, client, guard }: StreamPlaces,
  { root, model, where, fields, demand }: AskedDocuments,
  signal: AbortSignal,
  work: (documents: AsyncIterable<Document>, age: Age) => Promise<void>,
): Promise<void> {
  const wanted = new Set([model.key, ...(model.keyParts ?? []), ...fields]);
  const settings = { signal, fields: storedNames(model).filter((name) => wanted.has(name)), onInvalid };
  const charged = (documents: AsyncIterable<Document>) =>
    chargeRows(documents, { budget, admission, client, fields: wanted.size }, signal);
  const { asOf } = demand;
  if (asOf !== undefined) {
    const node = await demand.node?.choose({ asOf });
    const past = createPastSource(stores.live, asOf, node?.host).stream(model, where, settings);
    const documents = node ? await startStream(past) : past;
    return work(charged(documents), { root, model: model.name, source: "LIVE", asOf });
  }
  const { store, freshness, collection, node } = await route(model, demand, signal);
  const age = { root, model: model.name, ...freshness };
  if (store === "mirror") {
    const entry = { ...age, source: "MIRROR" as const };
    metrics.read(entry);
    return work(charged(stores.mirror.stream(model, where, { ...settings, collection })), entry);
  }
  await withLiveSource(
    replicas?.readers.get(node ?? "") ?? reader,
    async (source) => {
      const entry = { ...age, source: "LIVE" as const, position: await source.positionOf(model) };
      const stream = guard ? guard.stream<StreamOptions>(source.stream) : source.stream;
      const all = stream(model, where, settings);
      const documents = node === undefined ? all : await startStream(all);
      metrics.read(entry);
      await work(charged(documents), entry);
    },
    signal,
    // Its client may take long: what it does not read is not to wait for it.
    { views: [model.name], tables: [] },
  );
}

/** The same, of which the first one is there: what fails before that gives nothing. */
async function startStream<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const rest = items[Symbol.asyncIterator]();
  const first = await rest.next();
  async function* all() {
    try {
      if (!first.done) yield first.value;
      for (let next = first.done ? first : await rest.next(); !next.done; next = await rest.next())
        yield next.value;
    } finally {
      await rest.return?.();
    }
  }
  return all();
}

function onInvalid(_id: DocumentId, error: Error): never {
  throw error;
}
