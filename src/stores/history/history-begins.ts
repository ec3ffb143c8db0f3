import { VitrineError } from "../../errors.ts";
import type { ReadOptions } from "../document-store.ts";
import { type Queryable, quoteName } from "../mariadb/mariadb.ts";
import { toStatement } from "../mariadb/read-rows.ts";
import { endAfter, whileWanted } from "../time-limit.ts";
import type { BaseTable, SchemaTexts } from "./schema-texts.ts";

/** Whether a table has kept its history from its first row on, as those do that are made with it. */
export type KeepsAll = (table: string) => boolean | Promise<boolean>;

/** From when on the history of a table tells all. */
export interface HistoryBegin {
  readonly table: string;
  /** RFC 3339 in UTC, with six digits. */
  readonly at: string;
}

/**
 * The last begin among those tables that may have had rows before their history; null when there are none.
 * @param tables base tables that a view reads
 * @param instant the only moment that matters, in UTC: a begin that is not after it need not be found
 */
export type FindHistoryBegin = (
  tables: readonly string[],
  texts: SchemaTexts,
  options: ReadOptions,
  instant?: string,
) => Promise<HistoryBegin | null>;

/** What was found of a table, or is being looked for. */
interface Look {
  /** When the table was made or altered last. */
  readonly made: string | null;
  readonly at: Promise<string | null>;
}

/** A look reads a whole table, and is nobody's own: it may take longer than any of those who wait for it. */
const LOOK_MS = 60_000;

/**
 * Finds out from when on the past of tables is known. Of a table that was given its history when it had rows already
 * nothing tells what was before, so an earlier moment would show it empty, which it may never have been. A table is read in
 * full once after each time that it was altered, for all who wait for it, and for moments before that only.
 */
export function createHistoryBegins(
  reader: Pick<Queryable, "query">,
  asking: (options: ReadOptions) => Pick<Queryable, "query">,
  keepsAll: KeepsAll,
): FindHistoryBegin {
  const looks = new Map<string, Look>();

  const look = async (name: string, start: string, made: string | null): Promise<string | null> => {
    const [row] = await reader.query<{ oldest: string | null }>(
      toStatement(
        `select date_format(min(${quoteName(start)}), '%Y-%m-%dT%T.%fZ') as oldest
        from ${quoteName(name)} for system_time all`,
        { timeoutMs: LOOK_MS },
      ),
    );
    return judgeBegin(made, row?.oldest ?? null);
  };

  const read = async ({ name, period }: BaseTable, options: ReadOptions, instant: string | undefined) => {
    if (!period) return null;
    // The name is a literal: else the server opens every table.
    const [table] = await asking(options).query<{ made: string | null }>(
      toStatement(
        `select date_format(create_time, '%Y-%m-%dT%T.000000Z') as made from information_schema.tables
        where table_schema = database() and table_name = ?`,
        options,
      ),
      [name],
    );
    const made = table?.made ?? null;
    // The begin is no later than that, by `judgeBegin`.
    if (made !== null && instant !== undefined && instant.slice(0, 19) > made.slice(0, 19)) return null;
    let found = looks.get(name);
    if (found?.made !== made) {
      const begun: Look = { made, at: look(name, period.start, made) };
      found = begun;
      looks.set(name, begun);
      begun.at.catch(() => {
        if (looks.get(name) === begun) looks.delete(name);
      });
    }
    return waitAtMost(found.at, options);
  };

  return async (tables, texts, options, instant) => {
    let last: HistoryBegin | null = null;
    for (const name of tables) {
      const table = texts.tables.get(name);
      const at = !table || (await keepsAll(name)) ? null : await read(table, options, instant);
      if (at !== null && (last === null || at > last.at)) last = { table: name, at };
    }
    return last;
  };
}

/** The look goes on without who waits no longer. @throws VitrineError QUERY_TIMEOUT */
async function waitAtMost<T>(found: Promise<T>, { signal, timeoutMs }: ReadOptions): Promise<T> {
  if (timeoutMs === undefined) return whileWanted(found, signal);
  const over = new AbortController();
  const late = endAfter(timeoutMs, over.signal, ...(signal ? [signal] : []));
  try {
    return await whileWanted(found, late);
  } catch (error) {
    signal?.throwIfAborted();
    if (error !== late.reason) throw error;
    throw new VitrineError(
      "QUERY_TIMEOUT",
      "It is being looked up since when the past of a table is known.",
      {
        cause: error,
      },
    );
  } finally {
    over.abort();
  }
}

/**
 * From when on a table's history tells all; null: always. Whoever gives a table its history makes its file anew: where that is
 * older than the first version, up to the second that it is known by, no row was there before.
 * @param made when the table was made or altered last
 * @param oldest when the first version that is kept was written; both as RFC 3339 in UTC with six digits
 */
export function judgeBegin(made: string | null, oldest: string | null): string | null {
  if (made === null || oldest === null) return oldest ?? made;
  return made.slice(0, 19) < oldest.slice(0, 19) ? null : oldest;
}

/** @throws VitrineError BEFORE_HISTORY that names the table, when a moment is before its history */
export function refuseEarlier(instant: string, model: string, begin: HistoryBegin | null): void {
  if (begin === null || withMicroseconds(instant) >= begin.at) return;
  throw new VitrineError(
    "BEFORE_HISTORY",
    `asOf: ${model} reads ${begin.table}, whose history begins at ${begin.at}: what it held before is not known. Ask for a later moment.`,
  );
}

/** `2024-02-29T13:45:00Z` → `2024-02-29T13:45:00.000000Z`, to be compared as text. */
function withMicroseconds(instant: string): string {
  const [seconds = "", digits = ""] = instant.slice(0, -1).split(".");
  return `${seconds}.${digits.padEnd(6, "0")}Z`;
}
