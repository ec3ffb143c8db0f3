import { createPastSource, withLiveSource } from "../../exports/export-sources.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { storedNames } from "../../stores/conversion/stored-fields.ts";
import type { Filter } from "../../stores/document-store.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import type { ReadDemand } from "../read-plan.ts";
import type { GatewayOptions } from "../yoga.ts";

/** The documents of a model that somebody asks for. */
export interface AskedDocuments {
  readonly model: DocumentModel;
  readonly where: Filter | null;
  /** Those that are wanted; the key is read in any case. */
  readonly fields: readonly string[];
  readonly demand: ReadDemand;
}

/** Where they are read. */
export interface StreamPlaces extends Pick<GatewayOptions, "stores" | "route"> {
  readonly reader: MariaDb;
}

/** An entry of `extensions.freshness`, without the root field. */
type Age = Readonly<Record<string, unknown>>;

/**
 * Reads the documents that fit, in key order and in constant memory, from the store that the demand leads to: of live in
 * one snapshot, of the past as of one moment.
 * @param work takes them, and how old they are; a document that the store cannot give ends them with its error
 */
export async function streamModel(
  { stores, route, reader }: StreamPlaces,
  { model, where, fields, demand }: AskedDocuments,
  signal: AbortSignal,
  work: (documents: AsyncIterable<Document>, age: Age) => Promise<void>,
): Promise<void> {
  const wanted = new Set([model.key, ...fields]);
  const settings = { signal, fields: storedNames(model).filter((name) => wanted.has(name)), onInvalid };
  const { asOf } = demand;
  if (asOf !== undefined) {
    const documents = createPastSource(stores.live, asOf).stream(model, where, settings);
    return work(documents, { model: model.name, source: "LIVE", asOf });
  }
  const { store, freshness, collection } = await route(model, demand, signal);
  if (store === "mirror") {
    const documents = stores.mirror.stream(model, where, { ...settings, collection });
    return work(documents, { model: model.name, source: "MIRROR", ...freshness });
  }
  await withLiveSource(reader, async (source) => {
    const position = await source.positionOf(model);
    const age = { model: model.name, source: "LIVE", ...freshness, position };
    await work(source.stream(model, where, settings), age);
  });
}

function onInvalid(_id: DocumentId, error: Error): never {
  throw error;
}
