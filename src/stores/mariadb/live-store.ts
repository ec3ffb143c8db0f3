import type { DocumentModel } from "../../models/model.ts";
import { toCubeRows } from "../cube-rows.ts";
import type { DocumentStore, Filter, ReadOptions } from "../document-store.ts";
import { readHistory } from "../history/document-history.ts";
import { createTimeTravel } from "../history/time-travel.ts";
import { startTimeLimit } from "../time-limit.ts";
import { limitPool } from "./limited-pool.ts";
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
import { type MariaDb, quoteName } from "./mariadb.ts";

/** The documents as MariaDB's views compute them, at the moment of asking or as of an earlier one. */
export function createLiveStore(reader: MariaDb): DocumentStore {
  const past = createTimeTravel(reader);
  /** A wait of its own: what its statements may take shrinks as it goes on, from the queue for a connection on. */
  const begin = (options: ReadOptions) => {
    const time = startTimeLimit(options);
    const settingsOf = async (model: DocumentModel): Promise<StatementSettings> =>
      options.asOf === undefined ? { time } : { time, common: await past.at(model, options.asOf, options) };
    return { settingsOf, read: limitPool(reader, time).withConnection };
  };

  return {
    name: "live",
    async findByIds(model, ids, options = {}) {
      const found = new Map();
      const { settingsOf, read } = begin(options);
      const settings = await settingsOf(model);
      for (let start = 0; start < ids.length; start += MAX_IDS) {
        const part = ids.slice(start, start + MAX_IDS);
        const batch = await read((connection) => readDocuments(connection, model, part, settings));
        for (const [id, document] of valid(batch)) found.set(id, document);
      }
      return found;
    },
    async findPage(model, page, options = {}) {
      const statement = toPageSql(model, page);
      const { settingsOf, read } = begin(options);
      const settings = await settingsOf(model);
      const found = await read((connection) => readRows(connection, model, statement, settings));
      const documents = [...valid(found).values()];
      return page.fromEnd ? documents.reverse() : documents;
    },
    async count(model, where, options = {}) {
      const condition = toWhere(model, where);
      const sql = `select count(*) as n from ${quoteName(model.name)} where ${condition.sql}`;
      const { settingsOf, read } = begin(options);
      const settings = await settingsOf(model);
      const rows = await read((connection) =>
        connection.query<{ n: number }>(toStatement(sql, settings), condition.values),
      );
      return Number(rows[0]?.n);
    },
    async findVersions(model, id, request, options = {}) {
      const { read } = begin(options);
      const texts = await past.texts(options);
      return read((connection) => readHistory({ reader, connection, texts }, model, id, request, options));
    },
    async *stream(model, where, options = {}) {
      const condition = toWhere(model, where);
      const limit = model.batch;
      const { settingsOf, read } = begin(options);
      const settings = await settingsOf(model);
      let after: string | null = null;
      for (;;) {
        const start: string | null = after;
        const found: FoundDocuments = await read((connection) =>
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
      const { settingsOf, read } = begin(options);
      const settings = await settingsOf(cube);
      const rows = await read((connection) =>
        connection.query(toStatement(statement.sql, settings), statement.values),
      );
      function* groups() {
        for (const row of rows) yield toGroup(cube, query, row);
      }
      return toCubeRows(cube, query, groups(), options.signal);
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
