import { setTimeout as wait } from "node:timers/promises";
import { VitrineError } from "../../errors.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { ReadOptions } from "../document-store.ts";
import { limitPool } from "../mariadb/limited-pool.ts";
import { toStatement } from "../mariadb/live-documents.ts";
import { type MariaDb, quoteName } from "../mariadb/mariadb.ts";
import { startTimeLimit, whileWanted } from "../time-limit.ts";
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
  /** The same for a position that `positionAt` gave. */
  atPosition(model: DocumentModel, position: bigint, options?: ReadOptions): Promise<string>;
  /** The newest commit at or before a moment. Commits are numbered in the order in which they took place. */
  positionAt(instant: string, options?: ReadOptions): Promise<bigint>;
  texts(options?: ReadOptions): Promise<SchemaTexts>;
}

/**
 * A transaction takes its time stamp a moment before its rows can be seen. After this long every one of an
 * instant is there, so the same question has the same answer for ever.
 */
const SETTLED_AFTER_MS = 1000;
/** Commits whose time stamps may be out of order: those that were under way together. */
const OVERLAPPING = 1000;
const KNOWN_POSITIONS = 1000;
const TEXTS_KEPT_MS = 5000;

/** When a transaction was committed, as a number in the order of commits; null when the registry lacks it. */
export const commitOf = (transaction: string): string =>
  `(select registry.commit_id from mysql.transaction_registry as registry where registry.transaction_id = ${transaction})`;

/** From which millisecond on `asOf` shows a commit of this time, as text whose last three digits do not count. */
export const shownFrom = (timestamp: string): string =>
  `date_format(${timestamp} + interval 999 microsecond, '%Y-%m-%dT%T.%f')`;

/**
 * Rows as of a position: written by a commit at or before it, not ended by one. MariaDB's own
 * `system_versioning_asof` asks what the last transaction would have *seen*: under repeatable read that loses
 * whole rows that another transaction changed meanwhile (measured). MariaDB has no transaction on record of which
 * InnoDB rolled a part back after its last write to a versioned table (a statement failed, an upsert met a
 * duplicate; measured on 10.11): that one counts from its beginning, where it gives way.
 */
const rowsAt =
  (position: bigint): ToRows =>
  (table) =>
    standsAt("version", table.period, position, `not ${hasKnownRival(table, position)}`);

/** Of the row version by this name; `unrecorded` decides when its commit is not on record. */
function standsAt(
  version: string,
  { start, end }: VersionedTable["period"],
  position: bigint,
  unrecorded: string,
): string {
  const [from, to] = [`${version}.${quoteName(start)}`, `${version}.${quoteName(end)}`];
  return `${from} <= ${position} and (${to} > ${position} or ${commitOf(to)} > ${position})
    and coalesce(${commitOf(from)} <= ${position}, ${unrecorded})`;
}

/**
 * Whether another version of the same row stands at the position. Of a transaction that is not on record nobody knows
 * when it was committed: what it wrote gives way to what is known to stand, else that row would be there twice.
 */
export function hasKnownRival({ source, keys, period }: VersionedTable, position: bigint): string {
  if (keys.length === 0) return "false";
  const same = keys.map((key) => `rival.${quoteName(key)} = version.${quoteName(key)}`);
  const start = quoteName(period.start);
  const stands = standsAt("rival", period, position, `rival.${start} < version.${start}`);
  return `exists (select 1 from ${source} as rival where ${same.join(" and ")} and ${stands})`;
}

/** Reads the past of system-versioned, transaction-precise tables through `reader`. */
export function createTimeTravel(reader: MariaDb): TimeTravel {
  let texts: { readonly at: number; readonly read: Promise<SchemaTexts> } | undefined;
  const positions = new Map<string, bigint>();
  /** Positions at which a model's tables are known to hold something. */
  const inhabited = new Map<string, bigint>();

  const asking = (options: ReadOptions) => limitPool(reader, startTimeLimit(options));

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
    position: bigint,
    options: ReadOptions,
  ): Promise<void> => {
    if (tables.length === 0 || position >= (inhabited.get(model.name) ?? position + 1n)) return;
    const { tables: known } = await readTexts(options);
    const tests = tables.map((table) => {
      const start = quoteName(known.get(table)?.period?.start ?? "");
      return `exists (select 1 from ${quoteName(table)} for system_time all
        where ${start} <= ${position} and coalesce(${commitOf(start)} <= ${position}, true))`;
    });
    const sql = toStatement(`select ${tests.join(" or ")} as found`, options);
    const [row] = await asking(options).query<{ found: number }>(sql);
    if (Number(row?.found) !== 1) throw tooEarly(`The history of ${model.name} begins later.`);
    inhabited.set(model.name, position);
  };

  const atPosition: TimeTravel["atPosition"] = async (model, position, options = {}) => {
    const { sql, tables } = expandView(await readTexts(options), model.name, rowsAt(position));
    await checkInhabited(model, tables, position, options);
    return sql;
  };

  const positionAt: TimeTravel["positionAt"] = async (instant, options = {}) => {
    const known = positions.get(instant);
    if (known !== undefined) return known;
    for (;;) {
      const [row] = await asking(options).query<{ position: string | null; age: string }>(
        toStatement(positionSql, options),
        [toLiteral(instant), toLiteral(instant)],
      );
      const age = Number(row?.age) / 1000;
      if (age < 0)
        throw new VitrineError("BAD_INPUT", `asOf: ${instant} is in the future, by the clock of MariaDB.`);
      if (age < SETTLED_AFTER_MS) {
        await wait(Math.ceil(SETTLED_AFTER_MS - age), undefined, { signal: options.signal }).catch(() => {
          options.signal?.throwIfAborted();
        });
        continue;
      }
      if (!row?.position) throw tooEarly(await describeStart(reader));
      const position = BigInt(row.position);
      if (positions.size >= KNOWN_POSITIONS) positions.clear();
      positions.set(instant, position);
      return position;
    }
  };

  return {
    texts: readTexts,
    positionAt,
    atPosition,
    at: async (model, instant, options = {}) =>
      atPosition(model, await positionAt(instant, options), options),
  };
}

/** Time stamps may be out of order by the few commits that were under way together. */
const positionSql = `
select cast(max(newest.commit_id) as char) as position,
  timestampdiff(microsecond, cast(? as datetime(6)), utc_timestamp(6)) as age
from (select commit_id from mysql.transaction_registry where commit_timestamp <= cast(? as datetime(6))
  order by commit_timestamp desc, transaction_id desc limit ${OVERLAPPING}) as newest`;

const toLiteral = (instant: string): string => instant.replace("T", " ").replace("Z", "");

const tooEarly = (why: string): VitrineError =>
  new VitrineError("BEFORE_HISTORY", `asOf: there are no versions from so early. ${why}`);

async function describeStart(reader: MariaDb): Promise<string> {
  const [first] = await reader.query<{ at: string | null }>(
    `select ${shownFrom("min(commit_timestamp)")} as at from mysql.transaction_registry`,
  );
  return first?.at
    ? `The first transaction that MariaDB has on record is of ${first.at.slice(0, 23)}Z.`
    : "MariaDB has no transaction on record.";
}
