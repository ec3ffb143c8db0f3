import type { DocumentModel } from "../models/model.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** What there is to do, asked without a snapshot. */
export interface Hint {
  /** Whether a change after the given one is in the log. */
  readonly hasChanges: boolean;
  /** The largest position that was given to a reader as a token. */
  readonly wanted: bigint;
  /** The smallest `complete` of a model that may be read; null when there is none. */
  readonly complete: bigint | null;
}

/**
 * Asks for a hint. `after` skips the head of the log, where deleted rows may lie (23 ms per million, measured);
 * changes in flight do not count.
 */
export async function readHint(
  db: Queryable,
  models: readonly DocumentModel[],
  { after, inFlight }: { readonly after: string; readonly inFlight: ReadonlySet<string> },
): Promise<Hint> {
  const [row] = await db.query<{ has_changes: number | null; wanted: string; complete: string | null }>(
    `select
      (select 1 from change_log where change_id > cast(? as unsigned) and change_id not in (?)
        order by change_id limit 1) as has_changes,
      (select wanted from vitrine_position) as wanted,
      (select min(complete) from vitrine_state where rebuilt_at is not null and model in (?)) as complete`,
    // Only of these models: one that nobody mirrors is never complete, and must not be waited for.
    [after, ["0", ...inFlight], ["", ...models.map((model) => model.name)]],
  );
  return {
    hasChanges: row?.has_changes === 1,
    wanted: BigInt(row?.wanted ?? 0),
    complete: row?.complete == null ? null : BigInt(row.complete),
  };
}
