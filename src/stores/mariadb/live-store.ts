import type { Document, DocumentModel } from "../../models/model.ts";
import { toCubeRows } from "../cube-rows.ts";
import type { DocumentStore, Filter, ReadOptions } from "../document-store.ts";
import { readHistory } from "../history/document-history.ts";
import { createTimeTravel } from "../history/time-travel.ts";
import { toCubeSql, toGroup } from "./live-cube.ts";
import {
  type FoundDocuments,
  type FoundRange,
  MAX_IDS,
  readDocumentRange,
  readDocuments,
  readPage,
} from "./live-documents.ts";
import { joinSql, type SqlFragment, sqlFragment, toSqlFilter } from "./live-filter.ts";
import { isDocument } from "./live-page.ts";
import { type MariaDb, type MariaDbConnection, quoteName } from "./mariadb.ts";
import { type StatementSettings, toStatement } from "./read-rows.ts";
import { type LiveView, readView } from "./text-columns.ts";

/** The documents as MariaDB's views compute them, at the moment of asking or as of an earlier one. */
export function createLiveStore(reader: MariaDb): DocumentStore {
  const read = <T>(options: ReadOptions, work: (connection: MariaDbConnection) => Promise<T>) =>
    readAbortably(reader, options.signal, work);
  const past = createTimeTravel(reader);
  const settingsOf = async (model: DocumentModel, options: ReadOptions): Promise<StatementSettings> =>
    options.asOf === undefined
      ? { timeoutMs: options.timeoutMs }
      : { timeoutMs: options.timeoutMs, common: await past.at(model, options.asOf, options) };

  return {
    name: "live",
    async findByIds(model, ids, options = {}) {
      const found = new Map();
      const settings = await settingsOf(model, options);
      for (let start = 0; start < ids.length; start += MAX_IDS) {
        const part = ids.slice(start, start + MAX_IDS);
        const batch = await read(options, (connection) => readDocuments(connection, model, part, settings));
        for (const [id, document] of valid(batch, options)) found.set(id, document);
      }
      return found;
    },
    async findPage(model, page, options = {}) {
      const settings = await settingsOf(model, options);
      const rows = await read(options, async (connection) =>
        readPage(connection, await readView(connection, model), page, settings),
      );
      return rows.flatMap(({ id, document, error, place }, index): Document[] => {
        if (!error) return document ? [document] : [];
        if (!options.onInvalid) throw error;
        options.onInvalid(id, error, { index, place });
        return [];
      });
    },
    async count(model, where, options = {}) {
      const settings = await settingsOf(model, options);
      const rows = await read(options, async (connection) => {
        const asked = toWhere(await readView(connection, model), where);
        const condition = joinSql([isDocument, asked], "and", "true");
        const sql = `select count(*) as n from ${quoteName(model.name)} where ${condition.sql}`;
        return connection.query<{ n: number }>(toStatement(sql, settings), condition.values);
      });
      return Number(rows[0]?.n);
    },
    async findVersions(model, id, request, options = {}) {
      const texts = await past.texts();
      return read(options, (connection) =>
        readHistory({ reader, connection, texts }, model, id, request, options),
      );
    },
    async *stream(model, where, options = {}) {
      const limit = model.batch;
      const settings = await settingsOf(model, options);
      for (let after: string | null = null; ; ) {
        const start: string | null = after;
        const found: FoundRange = await read(options, async (connection) => {
          const condition = toWhere(await readView(connection, model), where);
          return readDocumentRange(connection, model, start, limit, { ...settings, where: condition });
        });
        yield* valid(found, options).values();
        if (found.count < limit || found.last === null) return;
        after = found.last;
      }
    },
    async aggregate(cube, query, options = {}) {
      const settings = await settingsOf(cube, options);
      const rows = await read(options, async (connection) => {
        const { sql, values } = toCubeSql(await readView(connection, cube), query);
        return connection.query(toStatement(sql, settings), values);
      });
      return toCubeRows(
        cube,
        query,
        rows.map((row) => toGroup(cube, query, row)),
      );
    },
  };
}

const toWhere = (view: LiveView, where: Filter | null): SqlFragment =>
  where ? toSqlFilter(view, where) : sqlFragment("true");

/** A reader is never given some documents in place of all without being told. */
function valid(
  { documents, invalid }: FoundDocuments,
  { onInvalid }: ReadOptions,
): FoundDocuments["documents"] {
  for (const [id, error] of invalid) {
    if (!onInvalid) throw error;
    onInvalid(id, error);
  }
  return documents;
}

/**
 * Runs `work` on one connection. When the signal is aborted, the statement is killed at the server: closing
 * the connection would let it run on. The connection is then closed, for the kill may come late.
 */
async function readAbortably<T>(
  reader: MariaDb,
  signal: AbortSignal | undefined,
  work: (connection: MariaDbConnection) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  return reader.withConnection(async (connection) => {
    if (!signal) return work(connection);
    let killed: Promise<unknown> | undefined;
    const kill = () => {
      killed = reader.killQuery(connection);
    };
    signal.addEventListener("abort", kill, { once: true });
    try {
      const result = await work(connection);
      signal.throwIfAborted();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", kill);
      await killed;
    }
  });
}
