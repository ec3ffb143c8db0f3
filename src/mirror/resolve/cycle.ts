import { noteAcked } from "../../core/acknowledge.ts";
import {
  type Change,
  type ChangeIds,
  type ChangeTable,
  deleteChanges,
  readChanges,
  readChangeTables,
} from "../../core/change-tables.ts";
import { readModelsOfOtherReleases } from "../../core/model-state.ts";
import { appendPending, type Touched } from "../../core/pending-queue.ts";
import { readCommitted } from "../../core/read-committed.ts";
import { distrustMirrorOf } from "../../core/rebuild.ts";
import { recordNameless } from "../../core/rejected-documents.ts";
import type { DocumentModel } from "../../models/model.ts";
import type { MariaDb, Queryable } from "../../stores/mariadb/mariadb.ts";
import type { SnapshotReads } from "../../stores/mariadb/open-snapshot.ts";
import type { FastBatch, FastPath } from "../lanes/fast.ts";
import type { Snapshots } from "../snapshots.ts";
import { MOST_TOUCHED } from "./resolve-steps.ts";
import { readTouched } from "./touched.ts";

/** What a cycle of the resolver has read in its snapshot, and is to be landed. */
export interface Cycle {
  readonly position: bigint;
  readonly changes: readonly Change[];
  /** The one change of this cycle, which touches too much to be held: what it touches is still to be read. */
  readonly big: Change | null;
  readonly touched: ReadonlyMap<DocumentModel, readonly Touched[]>;
  /** Models of which a touched view failed, with the error: they are to be rebuilt. */
  readonly failed: ReadonlyMap<DocumentModel, unknown>;
  /** Models of which a change names what no document can be called. */
  readonly nameless: ReadonlySet<DocumentModel>;
  readonly fast: readonly FastBatch[];
  /**
   * Models of which nobody knows what the changes touch: those of other releases that are mirrored already, and those that
   * read a table of which the owner's trigger could not log a row. They are to be rebuilt.
   */
  readonly others: readonly string[];
  /** All change tables that the snapshot shows. */
  readonly known: readonly ChangeTable[];
  /** Change tables that hold nothing in the snapshot but changes of this cycle, and those that were in flight. */
  readonly emptied: ChangeIds;
  /** Captured tables with more changes than a cycle takes, or with changes that touch more than it may hold. */
  readonly long: ReadonlySet<string>;
}

/** What one cycle of the resolver did. */
export interface Resolved extends Pick<Cycle, "position" | "failed"> {
  /** How many changes it took. */
  readonly changes: number;
  /** Rows appended to the queue of each model that is touched and did not take the fast path. */
  readonly queued: ReadonlyMap<string, number>;
}

export interface CycleOptions {
  /** Whose changes are looked at. */
  readonly tables: readonly ChangeTable[];
  /** Those among them, by captured table, that are known to have some. Default: any may. */
  readonly changed?: ReadonlySet<string>;
  /** By table: after which change to begin. Default: with the first. */
  readonly after?: ReadonlyMap<string, string>;
  /** Changes of each table. */
  readonly limit: number;
  /** Changes that were read, and may still be there. */
  readonly inFlight: ChangeIds;
}

/**
 * Reads the changes of these tables that are not in flight, and asks the models that read them which documents they
 * touch, all in one snapshot; of few documents it reads those as well that can take the fast path. A table with too
 * much to do is left alone, so that it holds up no other.
 */
export async function readCycle(
  snapshots: Snapshots,
  models: readonly DocumentModel[],
  options: CycleOptions & { readonly fast?: FastPath },
): Promise<Cycle> {
  const snapshot = await snapshots.open(toReads(options));
  const { connection, position } = snapshot;
  const found = await readNew(connection, models, options);
  const ask = (changes: readonly Change[]) => readTouched(connection, models, changes, MOST_TOUCHED);
  const long = new Set(found.full);
  const without = (changes: readonly Change[]) => changes.filter(({ table }) => !long.has(table.source));
  let changes = without(found.changes);
  let answer = await ask(changes);
  if (answer.isTooMuch) {
    const sources = new Set(changes.map(({ table }) => table.source));
    for (const source of sources)
      if ((await ask(changes.filter(({ table }) => table.source === source))).isTooMuch) long.add(source);
    changes = without(changes);
    answer = await ask(changes);
    // Each alone is little enough, and all together are not.
    if (answer.isTooMuch) {
      for (const source of sources) long.add(source);
      changes = [];
      answer = await ask(changes);
    }
  }
  const { touched, failed, nameless } = answer;
  const fast = (await options.fast?.read(snapshot, touched)) ?? [];
  await snapshot.release();
  const emptied = new Map([...found.emptied].filter(([name]) => !long.has(sourceOf(options.tables, name))));
  const { others, known } = found;
  const answers = { touched, failed, nameless, fast };
  return { position: position.n, changes, big: null, ...answers, others, known, emptied, long };
}

const sourceOf = (tables: readonly ChangeTable[], name: string): string =>
  tables.find((table) => table.name === name)?.source ?? "";

/**
 * The same of one table that has too much to do: takes fewer changes when those touch very much, in the end one alone.
 * Its documents go through the queues, which evaluate each once. `rows`: how many the touched views gave.
 */
export async function readLongCycle(
  snapshots: Snapshots,
  models: readonly DocumentModel[],
  table: ChangeTable,
  options: Pick<CycleOptions, "limit" | "inFlight">,
): Promise<Cycle & { readonly rows: number }> {
  const snapshot = await snapshots.open(toReads({ tables: [table] }));
  const { connection, position } = snapshot;
  const found = await readNew(connection, models, { ...options, tables: [table] });
  let { changes } = found;
  const ask = () => readTouched(connection, models, changes, MOST_TOUCHED);
  let answer = await ask();
  while (answer.isTooMuch && changes.length > 1) {
    changes = changes.slice(0, Math.ceil(changes.length / 4));
    answer = await ask();
  }
  await snapshot.release();
  const isAll = changes.length === found.changes.length;
  return {
    position: position.n,
    changes,
    big: answer.isTooMuch ? (changes[0] ?? null) : null,
    touched: answer.touched,
    failed: answer.failed,
    nameless: answer.nameless,
    fast: [],
    others: found.others,
    known: found.known,
    emptied: isAll ? found.emptied : new Map(),
    long: new Set(isAll && found.full.size === 0 ? [] : [table.source]),
    rows: answer.rows,
  };
}

/** What a cycle reads: the views of the tables that have changes, and the models that these may touch. */
function toReads({ tables, changed }: Pick<CycleOptions, "tables" | "changed">): SnapshotReads {
  const views = tables
    .filter(({ source }) => changed?.has(source) ?? true)
    .flatMap((table) => [...table.views].flat());
  return { views: [...new Set(views)], tables: tables.map(({ name }) => name) };
}

interface New {
  /** Without those in flight. */
  readonly changes: readonly Change[];
  /** As `Cycle.emptied`. */
  readonly emptied: ChangeIds;
  /** Captured tables of which there are more changes than were read. */
  readonly full: ReadonlySet<string>;
  readonly others: readonly string[];
  readonly known: readonly ChangeTable[];
}

async function readNew(
  connection: Queryable,
  models: readonly DocumentModel[],
  { tables, changed, after = new Map(), limit, inFlight }: CycleOptions,
): Promise<New> {
  // As they are before the statements: a change that lands meanwhile is still in the snapshot.
  const flying = new Map(tables.map(({ name }) => [name, new Set(inFlight.get(name))]));
  const most = limit + Math.max(0, ...[...flying.values()].map((ids) => ids.size));
  const from = tables.map((table) => ({ table, after: after.get(table.name) ?? "0" }));
  // What a table may touch is asked in this very snapshot: whoever adds a view to it has its model rebuilt after that.
  const [known, others, found] = await Promise.all([
    readChangeTables(connection),
    readModelsOfOtherReleases(connection, models),
    readChanges(connection, from, most),
  ]);
  const now = new Map(known.map((table) => [table.source, table]));
  const changes: Change[] = [];
  const full = new Set<string>();
  const emptied = new Map<string, ReadonlySet<string>>();
  for (const { table, after: first } of from) {
    const all = found.filter((change) => change.table === table);
    const own = all.filter(({ id }) => !flying.get(table.name)?.has(id)).slice(0, limit);
    // What its views read is not held by this snapshot; the next poll finds it.
    if (own.length > 0 && changed?.has(table.source) === false) continue;
    if (own.length === limit) full.add(table.source);
    else if (first === "0") emptied.set(table.name, flying.get(table.name) ?? new Set());
    for (const change of own) changes.push({ ...change, table: now.get(table.source) ?? table });
  }
  const unknown = changes.flatMap(({ isUnnamed, table }) => (isUnnamed ? [...table.views.keys()] : []));
  return { changes, emptied, full, others: changes.length > 0 ? [...others, ...unknown] : [], known };
}

/**
 * Writes what takes the fast path, then in one transaction moves the rest to the queues and deletes exactly the
 * changes of the cycle. Whatever happens before its commit, they are still there. A model of which a touched view
 * failed cannot say what the changes touch: it is to be rebuilt, and the others go on. So is a model of another
 * release, which this loader does not know, and one that reads a table of which a row was written that nobody can name.
 */
export async function landCycle(db: MariaDb, cycle: Cycle, fast?: FastPath): Promise<Resolved> {
  const durable = fast ? await fast.write(cycle.fast) : [];
  let queued = cycle.touched;
  if (cycle.changes.length > 0)
    await readCommitted(db, async (connection) => {
      const unknown = [...cycle.failed.keys()].map((model) => model.name);
      await distrustMirrorOf(connection, [...unknown, ...cycle.others]);
      const isWritten = (model: DocumentModel) => durable.some((written) => written.model === model);
      if (await noteAcked(connection, durable, cycle.position))
        queued = new Map([...queued].filter(([model]) => !isWritten(model)));
      await appendPending(connection, queued);
      await recordNameless(connection, cycle.nameless);
      await deleteChanges(connection, cycle.changes);
    });
  return {
    position: cycle.position,
    failed: cycle.failed,
    changes: cycle.changes.length,
    queued: new Map([...queued].map(([model, documents]) => [model.name, documents.length])),
  };
}
