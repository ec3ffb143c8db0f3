import { openSnapshotAt } from "../core/position.ts";
import { readSourceStatus } from "../core/source-status.ts";
import { VitrineError } from "../errors.ts";
import type { Document, DocumentModel } from "../models/model.ts";
import type { DocumentStore, Filter } from "../stores/document-store.ts";
import { type FoundDocuments, readDocumentRange } from "../stores/mariadb/live-documents.ts";
import { sqlFragment, toSqlFilter } from "../stores/mariadb/live-filter.ts";
import type { MariaDb, MariaDbConnection } from "../stores/mariadb/mariadb.ts";
import type { SnapshotReads } from "../stores/mariadb/open-snapshot.ts";
import { readView } from "../stores/mariadb/text-columns.ts";
import type { ExportSource, StreamOptions } from "./export-models.ts";

/**
 * Runs `work` with all models read from one snapshot of MariaDB: files of one export agree with each other.
 * The position is the newest one that was given before the snapshot. When `signal` is aborted before a connection is
 * free, none is taken.
 * @param reads what is read of it, so that no other table waits for its end; default: anything
 */
export function withLiveSource<T>(
  reader: MariaDb,
  work: (source: ExportSource) => Promise<T>,
  signal?: AbortSignal,
  reads?: SnapshotReads,
): Promise<T> {
  return reader.withConnection(async (connection) => {
    await connection.run("set transaction isolation level repeatable read");
    await connection.run("start transaction read only");
    const { n } = await openSnapshotAt(reader, connection, reads);
    const heard = new Set<AbortSignal>();
    let killed: Promise<void> | undefined;
    // The server would go on with what nobody waits for: it never looks whether we are there.
    const kill = () => {
      killed ??= reader.killQuery(connection);
    };
    try {
      const result = await work({
        name: "live",
        positionOf: async () => String(n),
        stream: (model, where, options) => {
          // A listener that is there already is not added again, however many models there are.
          options.signal.addEventListener("abort", kill);
          heard.add(options.signal);
          return streamSnapshot(connection, model, where, options);
        },
      });
      await connection.run("commit");
      return result;
    } finally {
      for (const signal of heard) signal.removeEventListener("abort", kill);
      await killed;
    }
  }, signal);
}

/** Ranges read, or being read, that nobody has taken yet: enough to keep the server busy, and little memory. */
const AHEAD = 2;

/** In ranges of the key; the server looks for the next ones while this one is converted and written. */
async function* streamSnapshot(
  connection: MariaDbConnection,
  model: DocumentModel,
  filter: Filter | null,
  { signal, onInvalid, fields }: StreamOptions,
): AsyncIterable<Document> {
  const where = filter ? toSqlFilter(await readView(connection, model), filter) : sqlFragment("true");
  const limit = model.batch;
  const ranges: Promise<FoundDocuments>[] = [];
  let start: { readonly after: string | null } | null = { after: null };
  const readOn = () => {
    if (start === null || ranges.length >= AHEAD || signal.aborted) return;
    const { after } = start;
    start = null;
    const onRows = (count: number, last: string | null) => {
      if (count < limit || last === null) return;
      start = { after: last };
      readOn();
    };
    const range = readDocumentRange(connection, model, after, limit, { where, onRows, fields });
    range.catch(() => undefined); // whoever awaits it is told; when nobody does any more, nobody minds
    ranges.push(range);
  };
  readOn();
  for (let range = ranges.shift(); range; range = ranges.shift()) {
    readOn();
    const { documents, invalid } = await range;
    signal.throwIfAborted();
    for (const [id, error] of invalid) onInvalid(id, error);
    yield* documents.values();
  }
  signal.throwIfAborted();
}

/**
 * MariaDB as of a moment: one state for all files, however long they take and whatever is written meanwhile.
 * @param node the replica that is asked, by `host:port`; default: the store's own server
 */
export const createPastSource = (live: DocumentStore, asOf: string, node?: string): ExportSource => ({
  name: "live",
  asOf,
  stream: (model, where, options) => live.stream(model, where, { ...options, asOf, node }),
  positionOf: async () => null,
});

/**
 * The mirror. Its documents are each as of some snapshot at or after the position of their model: there is no
 * snapshot across documents. @throws VitrineError MIRROR_UNAVAILABLE when a model was never loaded whole
 */
export function createMirrorSource(mirror: DocumentStore, reader: MariaDb): ExportSource {
  const collections = new Map<DocumentModel, string>();
  return {
    name: "mirror",
    stream: (model, where, options) =>
      mirror.stream(model, where, { ...options, collection: collections.get(model) }),
    async positionOf(model) {
      const { models } = await readSourceStatus(reader, [model]);
      const readable = models.get(model.name)?.readable;
      if (!readable)
        throw new VitrineError(
          "MIRROR_UNAVAILABLE",
          `The mirror of ${model.name} is not complete. Run \`vitrine rebuild ${model.name}\`, or export with --source live.`,
        );
      collections.set(model, readable.collection);
      return String(readable.complete);
    },
  };
}
