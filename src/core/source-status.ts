import type { DocumentModel } from "../models/model.ts";
import { NO_ID } from "../stores/conversion/document-id.ts";
import { type MariaDb, quoteName } from "../stores/mariadb/mariadb.ts";
import { type Branch, readBranches } from "../stores/mongodb/branches.ts";
import { extendsShape } from "../stores/mongodb/extends-shape.ts";
import { isAlive } from "../stores/mongodb/mirror-filter.ts";
import { readApplied } from "../stores/mongodb/mirror-records.ts";
import { shapeHash, shapeText } from "../stores/mongodb/mirror-schema.ts";
import type { MongoDb } from "../stores/mongodb/mongodb.ts";
import { type ChangeTable, withKnownTables } from "./change-tables.ts";

/** How far the mirror of one model is, as the source knows it. */
export interface SourceStatus {
  readonly model: string;
  /** A read of the mirror shows everything committed before this position, unless `isWhole` is false. */
  readonly complete: bigint;
  /** Largest position that MongoDB has acknowledged. */
  readonly acked: bigint;
  readonly rebuild: "needed" | "running" | "done";
  readonly rebuiltAt: string | null;
  /** The documents are written in the shape of this very definition. False: the loader has another one. */
  readonly sameShape: boolean;
  /** Where they are written. */
  readonly collection: string;
  /** What a reader with this definition may read; null: nothing. */
  readonly readable: Readable | null;
  /** Age, by MariaDB's clock, of the oldest committed change that the mirror may lack; 0 when there is none. */
  readonly lagMs: number;
  /** Changes of its tables that nobody has resolved yet (counted up to 10,000 each) and documents waiting. */
  readonly pendingChanges: number;
  /** Documents rejected because they could not be built or stored, and rows without an id. */
  readonly rejected: number;
  /** No document is rejected: the mirror lacks none. */
  readonly isWhole: boolean;
}

/** A collection whose documents have all that a reader's definition asks for. */
export interface Readable {
  readonly collection: string;
  /** A read of it shows everything committed before this position. */
  readonly complete: bigint;
  /** Its age; that of a collection beside which the next one is built grows until that is done. */
  readonly lagMs: number;
}

export interface SourceReport {
  /** MariaDB's clock at that moment, in milliseconds since 1970. */
  readonly at: number;
  readonly incarnation: string;
  /** Lives before that one, newest first. */
  readonly branches: readonly Branch[];
  /** By name of the model; every model asked about is there. */
  readonly models: ReadonlyMap<string, SourceStatus>;
}

interface StateRow {
  model: string | null;
  complete: string;
  acked: string;
  shape_hash: string;
  rebuild_status: SourceStatus["rebuild"];
  rebuilt_at: string | null;
  collection: string | null;
  /** Null also when it is the own one. */
  shape: string | null;
  held_shape: string | null;
  former_collection: string | null;
  former_shape: string | null;
  former_complete: string | null;
  former_age: string | null;
  pending: string;
  pending_age: string | null;
  rejected: string;
  rejected_age: string | null;
  /** Of the changes of its tables. */
  changes: string | null;
  change_age: string | null;
  now_ms: string;
  incarnation: string;
  branches: string;
}

/**
 * One statement, so one snapshot: a change is always in its change table, or in vitrine_pending, or in the mirror.
 * The first row of each stands for the oldest: both are filled in order of time, and an index finds it. Of a document
 * that was rejected the mirror lacks every change since then.
 */
const toStatusSql = (tables: readonly ChangeTable[]): string => `
with head (source_table, changes, logged_at) as (
  select '', 0, null from dual where false
  ${tables
    .map(
      ({ name }) => `union all select ?,
    (select count(*) from (select 1 from ${quoteName(name)} limit 10000) as counted),
    (select vitrine_at from ${quoteName(name)} order by vitrine_id limit 1)`,
    )
    .join(" ")}
), unresolved as (
  select touched.model, sum(head.changes) as changes, min(head.logged_at) as logged_at
  from vitrine_touched_view as touched join head on head.source_table = touched.source_table
  group by touched.model
)
select vitrine_state.model, vitrine_state.complete, vitrine_state.acked, vitrine_state.shape_hash,
  vitrine_state.rebuild_status, vitrine_state.rebuilt_at, vitrine_state.collection,
  if(vitrine_state.shape_hash in (?), null, vitrine_state.shape) as shape,
  vitrine_state.held_shape, vitrine_state.former_collection, vitrine_state.former_shape,
  vitrine_state.former_complete,
  timestampdiff(microsecond, vitrine_state.former_as_of, utc_timestamp(6)) as former_age,
  (select count(*) from vitrine_pending where vitrine_pending.model = vitrine_state.model) as pending,
  timestampdiff(microsecond, least(
    coalesce((select logged_at from vitrine_pending where vitrine_pending.model = vitrine_state.model
      and vitrine_pending.bulk = 0 order by vitrine_pending.pending_id limit 1), utc_timestamp(6)),
    coalesce((select logged_at from vitrine_pending where vitrine_pending.model = vitrine_state.model
      and vitrine_pending.bulk = 1 order by vitrine_pending.pending_id limit 1), utc_timestamp(6))
  ), utc_timestamp(6)) as pending_age,
  (select count(*) from vitrine_rejected where vitrine_rejected.model = vitrine_state.model) as rejected,
  (select timestampdiff(microsecond, min(vitrine_rejected.first_at), utc_timestamp(6)) from vitrine_rejected
    where vitrine_rejected.model = vitrine_state.model and vitrine_rejected.document_id <> ?) as rejected_age,
  unresolved.changes,
  timestampdiff(microsecond, unresolved.logged_at, utc_timestamp(6)) as change_age,
  round(unix_timestamp(now(3)) * 1000) as now_ms,
  vitrine_position.incarnation, vitrine_position.branches
from vitrine_position left join vitrine_state on true
left join unresolved on unresolved.model = vitrine_state.model`;

/** Asks MariaDB how far the mirror of these models is. @throws VitrineError SOURCE_UNAVAILABLE, QUERY_TIMEOUT */
export async function readSourceStatus(
  source: MariaDb,
  models: readonly DocumentModel[],
): Promise<SourceReport> {
  const rows = await withKnownTables(source, (tables) =>
    source.query<StateRow>(`set statement max_statement_time = 2 for ${toStatusSql(tables)}`, [
      ...tables.map((table) => table.source),
      ["", ...models.map(shapeHash)],
      NO_ID,
    ]),
  );
  const [first] = rows;
  if (!first) throw new TypeError("vitrine_position has no row: the migrations of core have not run.");
  const states = new Map(rows.map((row) => [row.model, row]));
  return {
    at: Number(first.now_ms),
    incarnation: first.incarnation,
    branches: readBranches(first.branches),
    models: new Map(models.map((model) => [model.name, toStatus(model, states.get(model.name))])),
  };
}

function toStatus(model: DocumentModel, row: StateRow | undefined): SourceStatus {
  const ages = [row?.change_age, row?.pending_age, row?.rejected_age].map((age) => Number(age ?? 0));
  // The clock of a shop's session cannot be ahead, but a clock that was set back may make an age negative.
  const lagMs = Math.max(0, Math.ceil(Math.max(...ages) / 1000));
  return {
    model: model.name,
    complete: BigInt(row?.complete ?? 0),
    acked: BigInt(row?.acked ?? 0),
    rebuild: row?.rebuild_status ?? "needed",
    rebuiltAt: row?.rebuilt_at ?? null,
    sameShape: row?.shape_hash === shapeHash(model),
    collection: row?.collection ?? model.name,
    readable: row ? findReadable(model, row, lagMs) : null,
    lagMs,
    pendingChanges: Number(row?.changes ?? 0) + Number(row?.pending ?? 0),
    rejected: Number(row?.rejected ?? 0),
    isWhole: row?.rejected_age == null,
  };
}

/**
 * The collection that holds what this definition asks for. While fields are added in place: the same one as ever, for
 * those who know what every document had before. While another is built beside: the one before, as it was then.
 */
function findReadable(model: DocumentModel, row: StateRow, lagMs: number): Readable | null {
  const own = shapeText(model);
  const has = (shape: string | null) => shape !== null && extendsShape(shape, own);
  const current = { collection: row.collection ?? model.name, complete: BigInt(row.complete), lagMs };
  if (row.rebuild_status === "done")
    return row.shape_hash === shapeHash(model) || has(row.shape) ? current : null;
  if (row.rebuilt_at !== null && has(row.held_shape)) return current;
  if (row.former_collection === null || !has(row.former_shape)) return null;
  return {
    collection: row.former_collection,
    complete: BigInt(row.former_complete ?? 0),
    lagMs: Math.max(0, Math.ceil(Number(row.former_age) / 1000)),
  };
}

/** The same with what MongoDB itself says. */
export interface MirrorStatus extends SourceStatus {
  /** Documents in the mirror, without tombstones. */
  readonly documents: number;
  /** Largest position recorded in the mirror; null before the first batch. */
  readonly applied: bigint | null;
}

/** Asks both servers. @throws VitrineError SOURCE_UNAVAILABLE, MIRROR_UNAVAILABLE */
export async function readMirrorStatus(options: {
  readonly source: MariaDb;
  readonly mongo: MongoDb;
  readonly models: readonly DocumentModel[];
}): Promise<readonly MirrorStatus[]> {
  const { source, mongo, models } = options;
  const [report, applied] = await Promise.all([readSourceStatus(source, models), readApplied(mongo)]);
  const statuses = [...report.models.values()];
  const counts = await Promise.all(
    statuses.map(({ collection }) => mongo.db.collection(collection).countDocuments(isAlive)),
  );
  return statuses.map((status, index) => ({
    ...status,
    documents: counts[index] ?? 0,
    applied: applied.get(status.collection)?.n ?? null,
  }));
}
