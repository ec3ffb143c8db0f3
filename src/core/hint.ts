import type { DocumentModel } from "../models/model.ts";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import type { ChangeIds, ChangeTable } from "./change-tables.ts";

/** What there is to do, asked without a snapshot. */
export interface Hint {
  /** Those of the tables that hold a change after the given one. */
  readonly changed: readonly ChangeTable[];
  /** The largest position that was given to a reader as a token. */
  readonly wanted: bigint;
  /** The smallest `complete` of a model that may be read; null when there is none. */
  readonly complete: bigint | null;
}

interface HintRow {
  /** Index of a table that holds a change; -1: the row of the rest. */
  readonly t: string | number;
  readonly wanted: string | null;
  readonly complete: string | null;
}

/**
 * Asks for a hint by one statement. `after` skips the heads of the tables, where deleted rows may lie (23 ms per million,
 * measured); changes in flight do not count.
 */
export async function readHint(
  db: Queryable,
  models: readonly DocumentModel[],
  tables: readonly ChangeTable[],
  { after, inFlight }: { readonly after: ReadonlyMap<string, string>; readonly inFlight: ChangeIds },
): Promise<Hint> {
  const heads = tables.map(
    ({ name }, index) =>
      `(select ${index}, null, null from ${quoteName(name)}
      where vitrine_id > cast(? as unsigned) and vitrine_id not in (?) limit 1)`,
  );
  const rows = await db.query<HintRow>(
    [
      `select -1 as t, wanted, (select min(complete) from vitrine_state
        where rebuilt_at is not null and model in (?)) as complete from vitrine_position`,
      ...heads,
    ].join(" union all "),
    [
      // Only of these models: one that nobody mirrors is never complete, and must not be waited for.
      ["", ...models.map((model) => model.name)],
      ...tables.flatMap(({ name }) => [after.get(name) ?? "0", ["0", ...(inFlight.get(name) ?? [])]]),
    ],
  );
  const rest = rows.find(({ t }) => Number(t) === -1);
  return {
    changed: rows.flatMap(({ t }) => tables[Number(t)] ?? []),
    wanted: BigInt(rest?.wanted ?? 0),
    complete: rest?.complete == null ? null : BigInt(rest.complete),
  };
}
