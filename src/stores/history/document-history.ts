import { isDeepStrictEqual } from "node:util";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { storedFields } from "../conversion/stored-fields.ts";
import type { HistoryPage, HistoryRequest, ReadOptions, Version } from "../document-store.ts";
import { readDocuments } from "../mariadb/live-documents.ts";
import type { MariaDb, MariaDbConnection } from "../mariadb/mariadb.ts";
import { quoteName } from "../mariadb/mariadb.ts";
import { openSnapshot } from "../mariadb/open-snapshot.ts";
import { expandView, type SchemaTexts, type ToRows } from "./schema-texts.ts";
import { commitOf, hasKnownRival, shownFrom } from "./time-travel.ts";

/** Part of the time after which a page of a history returns what it has. */
const USABLE_SHARE = 0.75;

/** A state of a document that no commit before `since` and none after it, up to the next version, has changed. */
interface Stretch {
  readonly document: Document | null;
  /** The commit that made it so; null when there is none. */
  readonly since: bigint | null;
}

export interface HistorySource {
  /** The pool that the connection is of. */
  readonly reader: MariaDb;
  readonly connection: MariaDbConnection;
  readonly texts: SchemaTexts;
}

/**
 * The versions of one document, newest first, in one snapshot. Each step reads the document at a commit and
 * notes every version of every row that the query looks at on the way: lookups by key see the earlier and later
 * versions too. Up to the newest change among those, the query would have done the very same, so that is
 * where the next step goes. The work is one lookup per change of a row that the document is made of, whatever
 * else the database holds.
 */
export async function readHistory(
  { reader, connection, texts }: HistorySource,
  model: DocumentModel,
  id: DocumentId,
  { limit, before }: HistoryRequest,
  options: ReadOptions,
): Promise<HistoryPage> {
  // A version that no commit made is the first.
  if (before !== null && BigInt(before) === 0n) return { versions: [], hasMore: false };
  await connection.run("set transaction isolation level repeatable read");
  await connection.run("start transaction read only");
  await openSnapshot(reader, connection);
  const position = before === null ? NEWEST : BigInt(before) - 1n;
  const found: Stretch[] = [];
  const lateAt = performance.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY) * USABLE_SHARE;
  let isCut = false;
  /** With one version found, the page ends when its time is nearly up: who asks on begins there. */
  const isLate = () => {
    isCut = found.length > 0 && performance.now() > lateAt;
    return isCut;
  };
  // One more than asked for tells what has changed in the last one, and whether there is another.
  for await (const stretch of stretches({ connection, texts }, model, id, position, { ...options, isLate })) {
    found.push(stretch);
    if (found.length > limit) break;
  }
  const count = Math.min(limit, isCut ? found.length - 1 : found.length);
  const times = await readTimes(connection, [...found.map(({ since }) => since), before]);
  await connection.run("commit");
  const versions: Version[] = [];
  let validTo = before === null ? null : (times.get(before) ?? null);
  for (const [index, { document, since }] of found.slice(0, count).entries()) {
    const own = since === null ? null : (times.get(String(since)) ?? null);
    // Two commits may have taken their time stamps the other way round.
    const validFrom = own !== null && validTo !== null && own > validTo ? validTo : own;
    const changedFields = differingFields(model, document, found[index + 1]?.document ?? null);
    versions.push({ commit: String(since ?? 0), document, validFrom, validTo, changedFields });
    validTo = validFrom;
  }
  return { versions, hasMore: found.length > count };
}

/** Equal neighbours are one; a document that is not there yet is no version. */
async function* stretches(
  { connection, texts }: Pick<HistorySource, "connection" | "texts">,
  model: DocumentModel,
  id: DocumentId,
  from: bigint,
  options: ReadOptions & { readonly isLate: () => boolean },
): AsyncIterable<Stretch> {
  let pending: Stretch | undefined;
  let position: bigint | null = from;
  while (position !== null) {
    options.signal?.throwIfAborted();
    if (pending && options.isLate()) {
      // How far back it reaches is not known yet, but that it differs from the one before.
      yield pending;
      return;
    }
    const { document, changes } = await readAt(connection, texts, model, id, position, options);
    const change = newestChange(changes, position);
    if (pending && !isDeepStrictEqual(pending.document, document)) {
      yield pending;
      pending = undefined;
    }
    pending = { document, since: change };
    position = change === null ? null : change - 1n;
  }
  if (pending?.document) yield pending;
}

async function readAt(
  connection: MariaDbConnection,
  texts: SchemaTexts,
  model: DocumentModel,
  id: DocumentId,
  position: bigint,
  { timeoutMs }: ReadOptions,
) {
  const { sql } = expandView(texts, model.name, notedRows(texts, position));
  await connection.run("set @vitrine_versions = ''");
  const found = await readDocuments(connection, model, [id], { timeoutMs, common: sql });
  for (const error of found.invalid.values()) throw error;
  const [row] = await connection.query<{ notes: string }>("select @vitrine_versions as notes");
  return { document: found.documents.get(id) ?? null, changes: row?.notes ?? "" };
}

/** Every version that the query comes across is noted: row and what any view names of it, when written, when ended. */
const notedRows = (texts: SchemaTexts, position: bigint): ToRows => {
  const numbers = new Map([...texts.tables.keys()].map((table, index) => [table, index]));
  return (table) => {
    const { name, columns, keys } = table;
    const { start, end } = table.period;
    const shown = columns.filter(
      (column) => column !== start && column !== end && (keys.includes(column) || texts.named.has(column)),
    );
    const committed = (transaction: string) => `coalesce(${commitOf(transaction)}, ${transaction})`;
    const row = `concat('${numbers.get(name)} ', md5(json_array(${shown.map(quoteName).join(", ")})))`;
    const ended = `if(${quoteName(end)} = ${NEVER}, null, ${committed(quoteName(end))})`;
    const noted = `note_version(${row}, ${committed(quoteName(start))}, ${ended}, ${position})`;
    const isRecorded = `${commitOf(`version.${quoteName(start)}`)} is not null`;
    return `${noted} and (${isRecorded} or not ${hasKnownRival(table, position)})`;
  };
};

/** The `row end` of a version that nothing has ended. */
const NEVER = "18446744073709551615";
/** After every commit that there can be. */
const NEWEST = 2n ** 63n - 1n;

/**
 * The newest commit up to `position` that wrote or ended a noted version. Where one version ends and the next
 * begins with the same contents, only columns have changed that no view names: that is no change.
 */
function newestChange(notes: string, position: bigint): bigint | null {
  const edges = new Map<string, number>();
  for (const note of new Set(notes.split("\n"))) {
    const [table, row, start, end] = note.split(" ");
    if (start === undefined || end === undefined) continue;
    const count = (commit: string, by: number) => {
      const edge = `${table} ${row} ${commit}`;
      edges.set(edge, (edges.get(edge) ?? 0) + by);
    };
    count(start, 1);
    if (end !== "-") count(end, -1);
  }
  let newest = 0n;
  for (const [edge, balance] of edges) {
    const commit = BigInt(edge.slice(edge.lastIndexOf(" ") + 1));
    if (balance !== 0 && commit <= position && commit > newest) newest = commit;
  }
  return newest === 0n ? null : newest;
}

function differingFields(model: DocumentModel, newer: Document | null, older: Document | null): string[] {
  return storedFields(model.fields)
    .map(([name]) => name)
    .filter((name) => !isDeepStrictEqual(newer?.[name], older?.[name]));
}

/** From which millisecond on `asOf` shows a commit: of one that is not on record, from the next that is. */
async function readTimes(
  connection: MariaDbConnection,
  commits: readonly (bigint | string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = commits.filter((commit) => commit !== null).map(BigInt);
  if (wanted.length === 0) return new Map();
  const selects = wanted.map(
    (commit) =>
      `(select '${commit}' as wanted, ${shownFrom("commit_timestamp")} as at
      from mysql.transaction_registry where commit_id >= ${commit} order by commit_id limit 1)`,
  );
  const rows = await connection.query<{ wanted: string; at: string }>(selects.join(" union all "));
  return new Map(rows.map(({ wanted, at }) => [wanted, `${at.slice(0, 23)}Z`]));
}
