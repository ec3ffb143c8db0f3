import { isDeepStrictEqual } from "node:util";
import type { VitrineError } from "../../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { storedFields } from "../conversion/stored-fields.ts";
import type { HistoryPage, HistoryRequest, ReadOptions, Version } from "../document-store.ts";
import { readDocuments } from "../mariadb/live-documents.ts";
import type { MariaDb, MariaDbConnection } from "../mariadb/mariadb.ts";
import { quoteName } from "../mariadb/mariadb.ts";
import { openSnapshot } from "../mariadb/open-snapshot.ts";
import { startTimeLimit, type TimeLimit } from "../time-limit.ts";
import type { HistoryBegin } from "./history-begins.ts";
import { expandView, type SchemaTexts, type ToRows } from "./schema-texts.ts";
import { hasRival, toLiteral } from "./time-travel.ts";

/** Part of the time after which a page of a history returns what it has. */
const USABLE_SHARE = 0.75;

/** A moment to the precision of row versions: microseconds since 1970, UTC. */
type Moment = bigint;

/** What the view says of a document at a moment. */
interface State {
  /** Null: there is none, or none that can be given. */
  readonly document: Document | null;
  /** Why it cannot be given. */
  readonly error: VitrineError | null;
}

/** A state of a document that nothing between `since` and the next version has changed. */
interface Stretch extends State {
  /** The moment of the change that made it so; null when there is none. */
  readonly since: Moment | null;
}

export interface HistorySource {
  /** The pool that the connection is of. */
  readonly reader: MariaDb;
  readonly connection: MariaDbConnection;
  readonly texts: SchemaTexts;
  /** From when on the past of the model is known; null: of all that there was. */
  readonly begin: HistoryBegin | null;
}

/** Where and how long a history is read. */
interface Past extends Pick<HistorySource, "connection" | "texts"> {
  readonly time: TimeLimit;
  /** What changed up to then is not known. */
  readonly floor: Moment;
}

/**
 * The versions of one document, newest first, in one snapshot. Each step reads the document at a moment and
 * notes every version of every row that the query looks at on the way: lookups by key see the earlier and later
 * versions too. Up to the newest change among those, the query would have done the very same, so that is
 * where the next step goes. The work is one lookup per change of a row that the document is made of, whatever
 * else the database holds.
 */
export async function readHistory(
  { reader, connection, texts, begin }: HistorySource,
  model: DocumentModel,
  id: DocumentId,
  { limit, before }: HistoryRequest,
  options: ReadOptions,
): Promise<HistoryPage> {
  // A version that no change made is the first.
  if (before !== null && BigInt(before) === 0n) return { versions: [], hasMore: false };
  await connection.run("set transaction isolation level repeatable read");
  await connection.run("start transaction read only");
  await openSnapshot(reader, connection);
  const from = before === null ? NEWEST : BigInt(before) - 1n;
  const floor = begin === null ? 0n : toMoment(begin.at);
  const found: Stretch[] = [];
  const time = startTimeLimit(options);
  const lateAt = performance.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY) * USABLE_SHARE;
  let isCut = false;
  /** With one version found, the page ends when its time is nearly up: who asks on begins there. */
  const isLate = () => {
    isCut = found.length > 0 && performance.now() > lateAt;
    return isCut;
  };
  // One more than asked for tells what has changed in the last one, and whether there is another.
  for await (const stretch of stretches({ connection, texts, time, floor }, model, id, { from, isLate })) {
    found.push(stretch);
    if (found.length > limit) break;
  }
  // Other work will get this connection: the notes of a long history are long.
  await connection.run("begin not atomic commit; set @vitrine_versions = null; end");
  const count = Math.min(limit, isCut ? found.length - 1 : found.length);
  const versions: Version[] = [];
  let validTo = before === null ? null : toInstant(BigInt(before));
  for (const [index, { document, error, since }] of found.slice(0, count).entries()) {
    const validFrom = since === null ? null : toInstant(since);
    const changedFields = differingFields(model, document, found[index + 1]?.document ?? null);
    versions.push({
      changedAt: String(since ?? 0),
      document,
      ...(error ? { error } : {}),
      validFrom,
      validTo,
      changedFields,
    });
    validTo = validFrom;
  }
  return { versions, hasMore: found.length > count };
}

/** Equal neighbours are one; a document that is not there yet is no version. */
async function* stretches(
  source: Past,
  model: DocumentModel,
  id: DocumentId,
  { from, isLate }: { readonly from: Moment; readonly isLate: () => boolean },
): AsyncIterable<Stretch> {
  let pending: Stretch | undefined;
  let moment: Moment | null = from;
  while (moment !== null) {
    source.time.signal.throwIfAborted();
    if (pending && isLate()) {
      // How far back it reaches is not known yet, but that it differs from the one before.
      yield pending;
      return;
    }
    const { state, changes } = await readAt(source, model, id, moment);
    const newest = newestChange(changes, moment);
    const change = newest !== null && newest > source.floor ? newest : null;
    if (pending && !isSame(pending, state)) {
      yield pending;
      pending = undefined;
    }
    pending = { ...state, since: change };
    moment = change === null ? null : change - 1n;
  }
  if (pending?.document || pending?.error) yield pending;
}

const isSame = (one: State, other: State): boolean =>
  isDeepStrictEqual(one.document, other.document) && one.error?.message === other.error?.message;

async function readAt(
  { connection, texts, time }: Past,
  model: DocumentModel,
  id: DocumentId,
  moment: Moment,
): Promise<{ readonly state: State; readonly changes: string }> {
  const { sql } = expandView(texts, model.name, notedRows(texts, moment));
  await connection.run("set @vitrine_versions = ''");
  const found = await readDocuments(connection, model, [id], { time, common: sql });
  const [error = null] = found.invalid.values();
  const [row] = await connection.query<{ notes: string }>("select @vitrine_versions as notes");
  return { state: { document: found.documents.get(id) ?? null, error }, changes: row?.notes ?? "" };
}

/** Every version that the query comes across is noted: row and what the view names of it, when written, when ended. */
const notedRows = (texts: SchemaTexts, moment: Moment): ToRows => {
  const numbers = new Map([...texts.tables.keys()].map((table, index) => [table, index]));
  const literal = toLiteral(toMicroseconds(moment));
  return (table) => {
    const { name, columns, keys, named } = table;
    const { start, end } = table.period;
    const shown = columns.filter(
      (column) => column !== start && column !== end && (keys.includes(column) || named.includes(column)),
    );
    const row = `concat('${numbers.get(name)} ', md5(json_array(${shown.map(quoteName).join(", ")})))`;
    const noted = `vitrine_note_version(${row}, ${quoteName(start)}, ${quoteName(end)}, ${literal})`;
    return `${noted} and not ${hasRival(table, literal)}`;
  };
};

/** After every change that there can be, before the `row end` of a version that nothing has ended. */
const NEWEST = BigInt(Date.UTC(2038, 0, 19, 3, 14, 7)) * 1000n;

/**
 * The newest moment up to this one at which a noted version was written or ended. Where one version ends and the next
 * begins with the same contents, only columns have changed that the view does not name: that is no change.
 */
function newestChange(notes: string, moment: Moment): Moment | null {
  const edges = new Map<string, number>();
  for (const note of new Set(notes.split("\n"))) {
    const [table, row, start, end] = note.split(" ");
    if (start === undefined || end === undefined) continue;
    const count = (at: string, by: number) => {
      const edge = `${table} ${row} ${at}`;
      edges.set(edge, (edges.get(edge) ?? 0) + by);
    };
    count(start, 1);
    count(end, -1);
  }
  let newest = 0n;
  for (const [edge, balance] of edges) {
    const at = BigInt(edge.slice(edge.lastIndexOf(" ") + 1));
    if (balance !== 0 && at <= moment && at > newest) newest = at;
  }
  return newest === 0n ? null : newest;
}

function differingFields(model: DocumentModel, newer: Document | null, older: Document | null): string[] {
  return storedFields(model.fields)
    .map(([name]) => name)
    .filter((name) => !isDeepStrictEqual(newer?.[name], older?.[name]));
}

/** `2024-02-29T13:45:00.123456Z` */
const toMicroseconds = (moment: Moment): string =>
  `${new Date(Number(moment / 1000n)).toISOString().slice(0, -1)}${String(moment % 1000n).padStart(3, "0")}Z`;

/** Of six digits. */
const toMoment = (instant: string): Moment =>
  BigInt(Date.parse(`${instant.slice(0, 23)}Z`)) * 1000n + BigInt(instant.slice(23, 26));

/** From which millisecond on `asOf` shows a change. */
const toInstant = (moment: Moment): string => new Date(Number((moment + 999n) / 1000n)).toISOString();
