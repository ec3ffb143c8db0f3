import type { DocumentStore, ReadOptions } from "../document-store.ts";

/** The live store of the primary, and those of replicas for reads that name one. @param replicas by `host:port` */
export function spreadLiveStore(
  primary: DocumentStore,
  replicas: ReadonlyMap<string, DocumentStore>,
): DocumentStore {
  const at = (options: ReadOptions | undefined): DocumentStore =>
    (options?.node === undefined ? undefined : replicas.get(options.node)) ?? primary;
  return {
    name: "live",
    findByIds: (model, ids, options) => at(options).findByIds(model, ids, options),
    findPage: (model, page, options) => at(options).findPage(model, page, options),
    count: (model, where, options) => at(options).count(model, where, options),
    findVersions: (model, id, request, options) => at(options).findVersions(model, id, request, options),
    stream: (model, where, options) => at(options).stream(model, where, options),
    aggregate: (cube, query, options) => at(options).aggregate(cube, query, options),
  };
}
