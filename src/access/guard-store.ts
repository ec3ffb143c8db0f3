import { extend } from "../extend.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import { filterFields } from "../stores/cube-store.ts";
import type { DocumentStore, Filter, ReadOptions } from "../stores/document-store.ts";
import { both } from "./combine-filters.ts";
import { guardAggregate } from "./guard-cubes.ts";
import {
  checkDocuments,
  checkNames,
  refuse,
  rowsOfGroups,
  type SeenModel,
  toSettings,
  toToldError,
} from "./guard-model.ts";
import { guardVersions } from "./guard-versions.ts";

/** What a guard knows of a model for whoever asks. */
export interface GuardedModel extends SeenModel {
  /** The rows that are there; of a roll-up those of its cube's facts. Null: all. */
  readonly rows: Filter | null;
}

/** Finds what a guard knows of a model that it is asked for. @throws VitrineError FORBIDDEN */
export type FindGuarded = (model: Pick<DocumentModel, "name">) => GuardedModel;

/**
 * A store as somebody may see it. It takes models as their role has them and asks for them as they are defined; rows that
 * are not theirs are as if they were not there, and what they get has no other fields than the role has.
 */
export function guardStore(store: DocumentStore, find: FindGuarded): DocumentStore {
  const open = (model: DocumentModel, options: ReadOptions) => {
    const seen = find(model);
    checkDocuments(seen);
    const rows = documentRows(seen);
    return { seen, rows, model: seen.rights.model, settings: toSettings(seen, rows, options) };
  };
  const stream = guardStream<ReadOptions>((...asked) => store.stream(...asked), find);
  return {
    name: store.name,
    async findByIds(shown, ids, options = {}) {
      const { seen, model, settings } = open(shown, options);
      const { show } = seen;
      try {
        const found = await store.findByIds(model, ids, settings);
        if (!show) return found;
        const own = new Map<DocumentId, Document>();
        for (const [id, document] of found) own.set(id, show(document));
        return own;
      } catch (error) {
        throw toToldError(seen, error);
      }
    },
    async findPage(shown, page, options = {}) {
      const { seen, rows, model, settings } = open(shown, options);
      checkNames(seen.rights.shown, [...filterFields(page.where), ...page.orderBy.map(({ field }) => field)]);
      const asked = extend(page, { where: both(rows, page.where) });
      const found = await store.findPage(model, asked, unfiltered(settings)).catch(tell(seen));
      return seen.show ? found.map(seen.show) : found;
    },
    async count(shown, where, options = {}) {
      const { seen, rows, model, settings } = open(shown, options);
      checkNames(seen.rights.shown, filterFields(where));
      return store.count(model, both(rows, where), unfiltered(settings)).catch(tell(seen));
    },
    async findVersions(shown, id, request, options = {}) {
      const { seen, rows, settings } = open(shown, options);
      return guardVersions(store, { seen, rows }, { id, ...request }, unfiltered(settings)).catch(tell(seen));
    },
    stream: (shown, where, options = {}) => stream(shown, where, options),
    async aggregate(cube, query, options = {}) {
      const seen = find(cube);
      return guardAggregate(store, seen, query, unfiltered(toSettings(seen, null, options))).catch(
        tell(seen),
      );
    },
  };
}

/** Gives documents one after the other. */
export type Stream<Options extends ReadOptions> = (
  model: DocumentModel,
  where: Filter | null,
  options: Options,
) => AsyncIterable<Document>;

/** The same for documents that come one after the other, from a store or from a snapshot of one. */
export function guardStream<Options extends ReadOptions>(
  stream: Stream<Options>,
  find: FindGuarded,
): Stream<Options> {
  return async function* (shown, where, options) {
    const seen = find(shown);
    checkDocuments(seen);
    checkNames(seen.rights.shown, filterFields(where));
    const rows = both(documentRows(seen), where);
    const settings = { ...options, ...unfiltered(toSettings(seen, null, options)) };
    try {
      for await (const document of stream(seen.rights.model, rows, settings))
        yield seen.show ? seen.show(document) : document;
    } catch (error) {
      throw toToldError(seen, error);
    }
  };
}

/** The rule over the documents of a model. @throws VitrineError FORBIDDEN for groups that do not tell it */
export function documentRows({ rows, rights: { model, shown } }: GuardedModel): Filter | null {
  if (rows === null) return null;
  return rowsOfGroups(model, rows) ?? refuse(`The groups of ${shown.typeName} do not tell which are yours.`);
}

/** Only `findByIds` is told of rows so: other reads have a filter of their own. */
const unfiltered = ({ where: _where, ...options }: ReadOptions): ReadOptions => options;

const tell =
  (seen: SeenModel) =>
  (error: unknown): never => {
    throw toToldError(seen, error);
  };
