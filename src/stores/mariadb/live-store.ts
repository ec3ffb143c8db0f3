import type { DocumentModel } from "../../models/model.ts";
import { toCubeRows } from "../cube-rows.ts";
import type { DocumentStore, Filter, ReadOptions } from "../document-store.ts";
import { readHistory } from "../history/document-history.ts";
import { createTimeTravel } from "../history/time-travel.ts";
import { toCubeSql, toGroup } from "./live-cube.ts";
import {
  type FoundDocuments,
  MAX_IDS,
  readDocumentRange,
  readDocuments,
  readRows,
  type StatementSettings,
  toStatement,
} from "./live-documents.ts";
import { type SqlFragment, sqlFragment, toSqlFilter } from "./live-filter.ts";
import { toPageSql } from "./live-page.ts";
import { type MariaDb, type MariaDbConnection, quoteName } from "./mariadb.ts";

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
        for (const [id, document] of valid(batch)) found.set(id, document);
      }
      return found;
    },
    async findPage(model, page, options = {}) {
      const statement = toPageSql(model, page);
      const settings = await settingsOf(model, options);
      const found = await read(options, (connection) => readRows(connection, model, statement, settings));
      const documents = [...valid(found).values()];
      return page.fromEnd ? documents.reverse() : documents;
    },
    async count(model, where, options = {}) {
      const condition = toWhere(model, where);
      const sql = `select count(*) as n from ${quoteName(model.name)} where ${condition.sql}`;
      const text = toStatement(sql, await settingsOf(model, options));
      const rows = await read(options, (connection) =>
        connection.query<{ n: number }>(text, condition.values),
      );
      return Number(rows[0]?.n);
    },
    async findVersions(model, id, request, options = {}) {
      const texts = await past.texts();
      return read(options, (connection) =>
        readHistory({ reader, connection, texts }, model, id, request, options),
      );
    },
    async *stream(model, where, options = {}) {
      const condition = toWhere(model, where);
      const limit = model.batch;
      const settings = await settingsOf(model, options);
      let after: string | null = null;
      for (;;) {
        const start: string | null = after;
        const found: FoundDocuments = await read(options, (connection) =>
          readDocumentRange(connection, model, start, limit, { ...settings, where: condition }),
        );
        for (const [id, document] of valid(found)) {
          yield document;
          after = id;
        }
        if (found.documents.size < limit) return;
      }
    },
    async aggregate(cube, query, options = {}) {
      const statement = toCubeSql(cube, query);
      const text = toStatement(statement.sql, await settingsOf(cube, options));
      const rows = await read(options, (connection) => connection.query(text, statement.values));
      return toCubeRows(
        cube,
        query,
        rows.map((row) => toGroup(cube, query, row)),
      );
    },
  };
}

const toWhere = (model: DocumentModel, where: Filter | null): SqlFragment =>
  where ? toSqlFilter(model, where) : sqlFragment("true");

/** A reader is never given some documents in place of all. */
function valid({ documents, invalid }: FoundDocuments): FoundDocuments["documents"] {
  for (const error of invalid.values()) throw error;
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
