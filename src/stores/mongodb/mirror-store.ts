import type { ClientSession, Db } from "mongodb";
import { VitrineError } from "../../errors.ts";
import { extend } from "../../extend.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import type { BsonDocument, BsonId } from "../conversion/bson.ts";
import { bsonCodecOf } from "../conversion/document-codec.ts";
import { parseDocumentIds } from "../conversion/document-id.ts";
import { storedNames } from "../conversion/stored-fields.ts";
import { filterFields } from "../cube-store.ts";
import type { DocumentStore, PageGap, PageRequest, ReadOptions } from "../document-store.ts";
import { comparedByPage, tellOf } from "../sent-statement.ts";
import { takeBreaks } from "../take-breaks.ts";
import { startTimeLimit, whileWanted } from "../time-limit.ts";
import { describeCommand, type MirrorCommand } from "./command-text.ts";
import { fromMirrorCube, toMirrorCube } from "./mirror-cube.ts";
import {
  isAlive,
  type MirrorQuery,
  toMirrorBound,
  toMirrorFilter,
  toMirrorPlace,
  toMirrorSort,
} from "./mirror-filter.ts";
import { findReadable } from "./mirror-routes.ts";
import { type MongoDb, toMirrorError } from "./mongodb.ts";
import type { PreferredReads } from "./preferred-reads.ts";
import { readAhead } from "./read-ahead.ts";

type Stored = BsonDocument & { readonly _id: BsonId };

/**
 * The documents as the loader has mirrored them into MongoDB, read from the primary.
 * @param preferred where they are read instead, but for streams
 */
export function createMirrorStore(mongo: MongoDb, preferred: PreferredReads | null = null): DocumentStore {
  const openFrom = async (db: Db, model: DocumentModel, options: ReadOptions) =>
    db.collection<Stored>(options.collection ?? (await findReadable(mongo, model)));
  const open = (model: DocumentModel, options: ReadOptions) =>
    openFrom(preferred?.db ?? mongo.db, model, options);
  const guarded = <T>(options: ReadOptions, work: (limits: () => Limits) => Promise<T>): Promise<T> => {
    if (!preferred) return withinLimits(options, work);
    const session = preferred.openSession();
    const limited = withinLimits(options, (limits) => work(() => extend(limits(), { session })));
    return limited.finally(() => session.endSession());
  };
  const told = <T>(
    model: DocumentModel,
    options: ReadOptions,
    [command, compared]: readonly [() => MirrorCommand, () => readonly string[]],
    read: (count: (rows: number) => void) => Promise<T>,
  ): Promise<T> => tellOf(options, () => describeCommand(model, command(), compared()), read);
  return {
    name: "mirror",
    async findByIds(model, ids, options = {}) {
      const codec = bsonCodecOf(model);
      const wanted = parseDocumentIds(model, ids).map(codec.toId);
      if (wanted.length === 0) return new Map<DocumentId, Document>();
      return guarded(options, async (limits) => {
        const collection = await open(model, options);
        const among = { _id: { $in: wanted } };
        // The driver's filter type takes no union of types for `_id`.
        const filter: object = options.where
          ? { $and: [among, toMirrorFilter(model, options.where)] }
          : among;
        // Tombstones are few: to have the server look for them took up to a third of the read (measured).
        const shown = projection(model, options, ["_del"]);
        const command = () => ({ collection: collection.collectionName, filter, ...shown });
        const compared = () => [model.key, ...filterFields(options.where ?? null)];
        return told(model, options, [command, compared], async (count) => {
          const found = new Map<DocumentId, Document>();
          const rest = takeBreaks(options.signal);
          for await (const one of collection.find(filter, extend(limits(), shown))) {
            if (one._del === true) continue;
            const document = readStored(model, one, options);
            if (document) found.set(codec.fromId(one._id), document);
            if (rest.isDue()) await rest.take();
          }
          count(found.size);
          return found;
        });
      });
    },
    async findPage(model, page, options = {}) {
      const conditions = [
        ...(page.where ? [toMirrorFilter(model, page.where)] : []),
        ...(page.after ? [toMirrorBound(model, page.orderBy, page.after, "after")] : []),
        ...(page.before ? [toMirrorBound(model, page.orderBy, page.before, "before")] : []),
      ];
      if (page.limit === 0) return []; // to MongoDB it means no limit
      return guarded(options, async (limits) => {
        const collection = await open(model, options);
        const filter = query(...conditions);
        const shown = projection(model, options, fieldsOf(page.orderBy));
        const sort = toMirrorSort(model, page.orderBy, page.fromEnd);
        const { limit } = page;
        const command = () => ({ collection: collection.collectionName, filter, ...shown, sort, limit });
        const stored = await told(model, options, [command, () => comparedByPage(page)], async (count) => {
          const cursor = collection.find(filter, extend(limits(), shown));
          const all = await cursor.sort(sort).limit(limit).toArray();
          count(all.length);
          return all;
        });
        const found: Document[] = [];
        const rest = takeBreaks(options.signal);
        for (const [index, one] of (page.fromEnd ? stored.reverse() : stored).entries()) {
          const gap = { index, place: () => toMirrorPlace(model, page.orderBy, one) };
          const document = readStored(model, one, options, gap);
          if (document) found.push(document);
          if (rest.isDue()) await rest.take();
        }
        return found;
      });
    },
    count: (model, where, options = {}) =>
      guarded(options, async (limits) => {
        const collection = await open(model, options);
        const filter = query(...(where ? [toMirrorFilter(model, where)] : []));
        const command = () => ({ collection: collection.collectionName, filter, isCount: true });
        return told(model, options, [command, () => filterFields(where)], async (count) => {
          const counted = await collection.countDocuments(filter, limits());
          count(1);
          return counted;
        });
      }),
    findVersions: () =>
      Promise.reject(new VitrineError("BAD_INPUT", "The mirror keeps no earlier versions. Read them live.")),
    async *stream(model, where, options = {}) {
      const cursor = (await withinLimits(options, () => openFrom(mongo.db, model, options)))
        .find(query(...(where ? [toMirrorFilter(model, where)] : [])), {
          ...serverLimits({ timeoutMs: options.timeoutMs }),
          ...projection(model, options, []),
        })
        .sort({ _id: 1 })
        .batchSize(model.batch);
      for await (const batch of readAhead(cursor, (work) => withinLimits(options, work)))
        for (const stored of batch) {
          const document = readStored(model, stored, options);
          if (document) yield document;
          // What was read ahead is nothing for a client who has gone.
          options.signal?.throwIfAborted();
        }
    },
    async aggregate(cube, query, options = {}) {
      return guarded(options, async (limits) => {
        const collection = await open(cube, options);
        const asked = toMirrorCube(cube, query);
        const settings = extend(limits(), { allowDiskUse: true });
        const command = () => ({
          collection: collection.collectionName,
          ...(asked.kind === "pipeline" ? asked : { filter: asked.filter, ...asked.options }),
        });
        return told(cube, options, [command, () => filterFields(query.where)], async (count) => {
          const found =
            asked.kind === "pipeline"
              ? collection.aggregate(asked.stages, settings)
              : collection.find(asked.filter as object, { ...settings, ...asked.options });
          const rows = await fromMirrorCube(cube, query, found, options.signal);
          count(rows.length);
          return rows;
        });
      });
    },
  };
}

/** A gap in a page, should there be one. */
interface Gap {
  readonly index: number;
  readonly place: () => PageGap["place"];
}

/** Of a document whose very place is spoiled nobody can go on from: the page ends with its error. */
function placeOf(gap: Gap, error: VitrineError): PageGap["place"] {
  try {
    return gap.place();
  } catch {
    throw error;
  }
}

/** Undefined for one that is left out. */
function readStored(
  model: DocumentModel,
  stored: Stored,
  { onInvalid, fields }: ReadOptions,
  gap?: Gap,
): Document | undefined {
  const codec = bsonCodecOf(model);
  try {
    return codec.fromBson(stored, fields);
  } catch (error) {
    if (!onInvalid || !(error instanceof VitrineError)) throw error;
    onInvalid(codec.fromId(stored._id), error, gap && { index: gap.index, place: placeOf(gap, error) });
    return undefined;
  }
}

/** What is read of each document: the wanted fields and these. All of it is not projected, which takes a server a third longer. */
const projection = (model: DocumentModel, { fields }: ReadOptions, others: readonly string[]) =>
  fields && fields.length < storedNames(model).length
    ? { projection: Object.fromEntries([...fields, ...others].map((name) => [name, 1])) }
    : {};

const fieldsOf = (orderBy: PageRequest["orderBy"]): readonly string[] => orderBy.map(({ field }) => field);

// The driver's filter type cannot express a filter that is built from a model.
const query = (...conditions: readonly MirrorQuery[]): object => ({ $and: [isAlive, ...conditions] });

/** What the server is told of a read. */
interface Limits {
  readonly maxTimeMS?: number;
  readonly signal?: AbortSignal;
  readonly session?: ClientSession;
}

const serverLimits = ({
  signal,
  timeoutMs = Number.POSITIVE_INFINITY,
}: {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}): Limits => ({
  // To MongoDB 0 is no limit.
  ...(timeoutMs === Number.POSITIVE_INFINITY ? {} : { maxTimeMS: Math.max(Math.ceil(timeoutMs), 1) }),
  ...(signal ? { signal } : {}),
});

/**
 * Rejects with the signal's reason as soon as it is aborted, whatever is waited for, else with a translated error. The
 * limits that `work` asks for say what is left of the time when it does.
 */
async function withinLimits<T>(options: ReadOptions, work: (limits: () => Limits) => Promise<T>): Promise<T> {
  const { signal } = options;
  signal?.throwIfAborted();
  if (options.asOf !== undefined)
    throw new VitrineError("BAD_INPUT", "asOf: the mirror keeps the newest state only. Read it live.");
  const time = startTimeLimit(options);
  const limits = () => {
    signal?.throwIfAborted();
    return serverLimits({ signal, timeoutMs: time.leftMs() });
  };
  try {
    return await whileWanted(work(limits), signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw toMirrorError(error);
  }
}
