import { setTimeout as sleep } from "node:timers/promises";
import { VitrineError } from "../errors.ts";
import type { LiveEvent, LiveSample, LiveWrite } from "../models/project.ts";
import { type MariaDb, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

export interface LiveRunOptions {
  readonly seed: number;
  /** How much faster than the clock: 1 goes on from now, anything else from the sample's latest moment. */
  readonly speed: number;
  /** Ends after so many days of the sample's time; default: never. */
  readonly days?: number | undefined;
  readonly signal: AbortSignal;
  /** Told of each event when it has happened, or was refused as it had to. */
  readonly onEvent: (event: LiveEvent) => void;
}

const dayLength = 86_400_000;

/**
 * Lets a sample go on in a database, one transaction per event, until its days are over or the signal says so. An event whose
 * time has passed happens at once, so a speed that the database cannot keep is as fast as it can.
 * @throws VitrineError INTERNAL when the database takes what it has to refuse; what it says to anything else
 */
export async function runLive(db: MariaDb, sample: LiveSample, options: LiveRunOptions): Promise<void> {
  const { seed, speed, days = Number.POSITIVE_INFINITY, signal, onEvent } = options;
  const [from = {}] = await db.query<Record<string, unknown>>(sample.from);
  const began = Date.now();
  const at = speed === 1 ? began : Math.ceil(Number(from.at));
  for (const event of sample.events(from, { seed, at })) {
    if (event.at >= at + days * dayLength) return;
    const wait = began + (event.at - at) / speed - Date.now();
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await happen(db, event);
    onEvent(event);
  }
}

async function happen(db: MariaDb, { what, writes, refused }: LiveEvent): Promise<void> {
  try {
    await db.transaction(async (connection) => {
      for (const write of writes) await connection.run(...toStatement(write));
    });
  } catch (error) {
    if (refused !== undefined && sqlErrorOf(error)?.errno === refused) return;
    throw error;
  }
  if (refused !== undefined)
    throw new VitrineError(
      "INTERNAL",
      `The database has taken an event "${what}" that it has to refuse by ${refused}.`,
    );
}

function toStatement({ kind, table, key, values }: LiveWrite): [sql: string, values: readonly unknown[]] {
  const toEqual = (columns: LiveWrite["key"], separator: string) =>
    Object.keys(columns)
      .map((column) => `${quoteName(column)} = ?`)
      .join(separator);
  const all = [...Object.values(values), ...Object.values(key)];
  switch (kind) {
    case "insert": {
      const columns = { ...values, ...key };
      const names = Object.keys(columns).map(quoteName).join(", ");
      return [`insert into ${quoteName(table)} (${names}) values (${all.map(() => "?").join(", ")})`, all];
    }
    case "update":
      return [`update ${quoteName(table)} set ${toEqual(values, ", ")} where ${toEqual(key, " and ")}`, all];
    case "delete":
      return [`delete from ${quoteName(table)} where ${toEqual(key, " and ")}`, Object.values(key)];
  }
}
