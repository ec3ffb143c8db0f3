import { setTimeout as wait } from "node:timers/promises";
import { VitrineError } from "../../errors.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { ReadOptions } from "../document-store.ts";
import { limitPool } from "../mariadb/limited-pool.ts";
import { toStatement } from "../mariadb/live-documents.ts";
import { type MariaDb, quoteName } from "../mariadb/mariadb.ts";
import { startTimeLimit, whileWanted } from "../time-limit.ts";
import { createHistoryBegins, type HistoryBegin, type KeepsAll, refuseEarlier } from "./history-begins.ts";
import {
  expandView,
  readSchemaTexts,
  type SchemaTexts,
  type ToRows,
  type VersionedTable,
} from "./schema-texts.ts";

export interface TimeTravel {
  /**
   * Common table expressions under which a statement over the model's view reads its state at `instant`.
   * @throws VitrineError BAD_INPUT for a moment in the future, BEFORE_HISTORY for one before the first version
   */
  at(model: DocumentModel, instant: string, options?: ReadOptions): Promise<string>;
  texts(options?: ReadOptions): Promise<SchemaTexts>;
  /** From when on the past of a model is known; null: of all that there was. */
  begin(model: DocumentModel, options?: ReadOptions): Promise<HistoryBegin | null>;
}

/**
 * A statement takes its time before its transaction is committed. After this long every transaction of ordinary length
 * that wrote at an instant is there, so the same question has the same answer.
 */
const SETTLED_AFTER_MS = 1000;
const KNOWN_INSTANTS = 1000;
const TEXTS_KEPT_MS = 5000;

/** RFC 3339 in UTC → a literal of MariaDB. @throws TypeError for anything else: it becomes part of a statement */
export function toLiteral(instant: string): string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(instant))
    throw new TypeError(`${JSON.stringify(instant)} is no moment in UTC.`);
  return `timestamp'${instant.slice(0, -1).replace("T", " ")}'`;
}

/**
 * The row versions that stand at a moment, at most one of each row. Where the clock was set back, or a statement waited
 * for another that began later, the times of two versions overlap: then the one that begins later counts.
 * @param moment a literal
 */
const rowsAt =
  (moment: string): ToRows =>
  (table) =>
    `${standsAt("version", table.period, moment)} and not ${hasRival(table, moment)}`;

const standsAt = (version: string, { start, end }: VersionedTable["period"], moment: string): string =>
  `${version}.${quoteName(start)} <= ${moment} and ${version}.${quoteName(end)} > ${moment}`;

/** Whether another version of the same row stands at the moment and counts for more. */
export function hasRival({ source, keys, period }: VersionedTable, moment: string): string {
  if (keys.length === 0) return "false";
  const same = keys.map((key) => `rival.${quoteName(key)} = version.${quoteName(key)}`);
  const [start, end] = [quoteName(period.start), quoteName(period.end)];
  return `exists (select 1 from ${source} as rival where ${same.join(" and ")}
    and ${standsAt("rival", period, moment)} and (rival.${start} > version.${start}
      or rival.${start} = version.${start} and rival.${end} > version.${end}))`;
}

/**
 * Reads the past of system-versioned tables through `reader`.
 * @param keepsAll of all others it is found out from when on their past is known
 */
export function createTimeTravel(reader: MariaDb, keepsAll: KeepsAll): TimeTravel {
  let texts: { readonly at: number; readonly read: Promise<SchemaTexts> } | undefined;
  /** Instants that were over and settled when they were first asked for. */
  const settled = new Set<string>();
  /** The earliest instants at which a model's tables are known to hold something. */
  const inhabited = new Map<string, string>();

  const asking = (options: ReadOptions) => limitPool(reader, startTimeLimit(options));
  const findBegin = createHistoryBegins(reader, asking, keepsAll);

  /** Shared by all who want them; when the wait of whoever asked for them is over, the next one asks. */
  const readTexts = async (options: ReadOptions = {}): Promise<SchemaTexts> => {
    for (;;) {
      const isOwn = !texts || performance.now() - texts.at > TEXTS_KEPT_MS;
      const asked =
        isOwn || !texts ? { at: performance.now(), read: readSchemaTexts(asking(options)) } : texts;
      texts = asked;
      try {
        return await whileWanted(asked.read, options.signal);
      } catch (error) {
        if (texts === asked && (isOwn || !options.signal?.aborted)) texts = undefined;
        if (isOwn || options.signal?.aborted) throw error;
      }
    }
  };

  const checkInhabited = async (
    model: DocumentModel,
    tables: readonly string[],
    instant: string,
    options: ReadOptions,
  ): Promise<void> => {
    const earliest = inhabited.get(model.name);
    if (tables.length === 0 || (earliest !== undefined && instant >= earliest)) return;
    const { tables: known } = await readTexts(options);
    const tests = tables.map((table) => {
      const start = quoteName(known.get(table)?.period?.start ?? "");
      return `exists (select 1 from ${quoteName(table)} for system_time all
        where ${start} <= ${toLiteral(instant)})`;
    });
    const sql = toStatement(`select ${tests.join(" or ")} as found`, options);
    const [row] = await asking(options).query<{ found: number }>(sql);
    if (Number(row?.found) !== 1)
      throw new VitrineError(
        "BEFORE_HISTORY",
        `asOf: there are no versions from so early. The history of ${model.name} begins later.`,
      );
    inhabited.set(model.name, instant);
  };

  /** Returns when the instant is over, and what was written at it can be seen. */
  const awaitSettled = async (instant: string, options: ReadOptions): Promise<void> => {
    while (!settled.has(instant)) {
      const [row] = await asking(options).query<{ age: string }>(
        toStatement(
          `select timestampdiff(microsecond, ${toLiteral(instant)}, utc_timestamp(6)) as age`,
          options,
        ),
      );
      const age = Number(row?.age) / 1000;
      if (age < 0)
        throw new VitrineError("BAD_INPUT", `asOf: ${instant} is in the future, by the clock of MariaDB.`);
      if (age >= SETTLED_AFTER_MS) {
        if (settled.size >= KNOWN_INSTANTS) settled.clear();
        settled.add(instant);
        return;
      }
      await wait(Math.ceil(SETTLED_AFTER_MS - age), undefined, { signal: options.signal }).catch(() => {
        options.signal?.throwIfAborted();
      });
    }
  };

  return {
    texts: readTexts,
    at: async (model, instant, options = {}) => {
      await awaitSettled(instant, options);
      const known = await readTexts(options);
      const { sql, tables } = expandView(known, model.name, rowsAt(toLiteral(instant)));
      refuseEarlier(instant, model.name, await findBegin(tables, known, options, instant));
      await checkInhabited(model, tables, instant, options);
      return sql;
    },
    begin: async (model, options = {}) => {
      const known = await readTexts(options);
      return findBegin(expandView(known, model.name, () => "true").tables, known, options);
    },
  };
}
