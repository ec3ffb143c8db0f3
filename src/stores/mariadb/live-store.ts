import { extend } from "../../extend.ts";
import type { Document, DocumentModel } from "../../models/model.ts";
import { toCubeRows } from "../cube-rows.ts";
import { filterFields } from "../cube-store.ts";
import type { DocumentStore, Filter, ReadOptions } from "../document-store.ts";
import { readHistory } from "../history/document-history.ts";
import type { KeepsAll } from "../history/history-begins.ts";
import { createTimeTravel } from "../history/time-travel.ts";
import { comparedByPage, namesPersonal } from "../sent-statement.ts";
import { startTimeLimit } from "../time-limit.ts";
import { limitPool } from "./limited-pool.ts";
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
import { type MariaDb, quoteName } from "./mariadb.ts";
import { type StatementSettings, toStatement } from "./read-rows.ts";
import { nameBrokenView } from "./sql-faults.ts";
import { type LiveView, readView } from "./text-columns.ts";
import { toldConnection } from "./told-connection.ts";

/**
 * The documents as MariaDB's views compute them, at the moment of asking or as of an earlier one.
 * @param keepsAll which tables have kept their history from their first row on; default: all
 */
export function createLiveStore(reader: MariaDb, keepsAll: KeepsAll = () => true): DocumentStore {
  const past = createTimeTravel(reader, keepsAll);
  /** A wait of its own: what its statements may take shrinks as it goes on, from the queue for a connection on. */
  const begin = async (
    model: DocumentModel,
    options: ReadOptions,
    /** The fields that are compared with what the caller gave. */
    compared: () => readonly string[] = () => [model.key],
  ) => {
    const time = startTimeLimit(options);
    const settings: StatementSettings = {
      time,
      fields: options.fields,
      common: options.asOf === undefined ? undefined : await past.at(model, options.asOf, options),
    };
    const pool = limitPool(reader, time);
    const { onStatement } = options;
    const isWithheld = onStatement !== undefined && namesPersonal(model, compared());
    const read: typeof pool.withConnection = (work) =>
      pool
        .withConnection(
          onStatement ? (connection) => work(toldConnection(connection, onStatement, isWithheld)) : work,
        )
        .catch((error: unknown) => {
          throw nameBrokenView(model, error);
        });
    return { settings, read };
  };

  return {
    name: "live",
    async findByIds(model, ids, options = {}) {
      const found = new Map();
      const { where = null } = options;
      const { settings, read } = await begin(model, options, () => [model.key, ...filterFields(where)]);
      for (let start = 0; start < ids.length; start += MAX_IDS) {
        const part = ids.slice(start, start + MAX_IDS);
        const batch = await read((connection) =>
          readDocuments(connection, model, part, extend(settings, { where })),
        );
        for (const [id, document] of valid(batch, options)) found.set(id, document);
      }
      return found;
    },
    async findPage(model, page, options = {}) {
      const { settings, read } = await begin(model, options, () => comparedByPage(page));
      const rows = await read(async (connection) =>
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
      const { settings, read } = await begin(model, options, () => filterFields(where));
      const rows = await read(async (connection) => {
        const asked = toWhere(await readView(connection, model), where);
        const condition = joinSql([isDocument(model), asked], "and", "true");
        const sql = `select count(*) as n from ${quoteName(model.name)} where ${condition.sql}`;
        return connection.query<{ n: number }>(toStatement(sql, settings), condition.values);
      });
      return Number(rows[0]?.n);
    },
    async findVersions(model, id, request, options = {}) {
      const { read } = await begin(model, options);
      const source = { reader, texts: await past.texts(options), begin: await past.begin(model, options) };
      return read((connection) => readHistory({ ...source, connection }, model, id, request, options));
    },
    async *stream(model, where, options = {}) {
      const limit = model.batch;
      const { settings, read } = await begin(model, options, () => filterFields(where));
      for (let after: string | null = null; ; ) {
        const start: string | null = after;
        const found: FoundRange = await read(async (connection) => {
          const condition = toWhere(await readView(connection, model), where);
          return readDocumentRange(connection, model, start, limit, extend(settings, { where: condition }));
        });
        yield* valid(found, options).values();
        if (found.count < limit || found.last === null) return;
        after = found.last;
      }
    },
    async aggregate(cube, query, options = {}) {
      const { settings, read } = await begin(cube, options, () => filterFields(query.where));
      const rows = await read(async (connection) => {
        const { sql, values } = toCubeSql(await readView(connection, cube), query);
        return connection.query(toStatement(sql, settings), values);
      });
      function* groups() {
        for (const row of rows) yield toGroup(cube, query, row);
      }
      return toCubeRows(cube, query, groups(), options.signal);
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
