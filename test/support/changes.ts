import { readChangeTables } from "../../src/core/change-tables.ts";
import { type Queryable, quoteName } from "../../src/stores/mariadb/mariadb.ts";

/** What a cycle is asked for: all changes of all tables. */
export const everything = async (db: Queryable) => ({
  tables: await readChangeTables(db),
  limit: 1000,
  inFlight: new Map<string, ReadonlySet<string>>(),
});

/** How many changes wait in all change tables. */
export async function countChanges(db: Queryable): Promise<number> {
  let count = 0;
  for (const { name } of await readChangeTables(db)) {
    const [row] = await db.query<{ n: string }>(`select count(*) as n from ${quoteName(name)}`);
    count += Number(row?.n);
  }
  return count;
}

/** Nobody will resolve what waits. */
export async function clearChanges(db: Queryable): Promise<void> {
  for (const { name } of await readChangeTables(db)) await db.run(`delete from ${quoteName(name)}`);
}

/** As if all that waits had been logged so many seconds before. */
export async function ageChanges(db: Queryable, seconds: number): Promise<void> {
  for (const { name } of await readChangeTables(db))
    await db.run(`update ${quoteName(name)} set vitrine_at = vitrine_at - interval ? second`, [seconds]);
}

/** The newest id of each change table, by the name of the captured table. */
export async function lastChanges(db: Queryable): Promise<ReadonlyMap<string, number>> {
  const last = new Map<string, number>();
  for (const { source, name } of await readChangeTables(db)) {
    const [row] = await db.query<{ id: string | null }>(
      `select max(vitrine_id) as id from ${quoteName(name)}`,
    );
    last.set(source, Number(row?.id ?? 0));
  }
  return last;
}

/** The documents of a model that changes after some and up to others touch, as the loader asks. */
export async function readTouchedIds(
  db: Queryable,
  model: string,
  after: ReadonlyMap<string, number>,
  upTo: ReadonlyMap<string, number>,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const { source, views } of await readChangeTables(db)) {
    const view = views.get(model);
    const range = [(after.get(source) ?? 0) + 1, upTo.get(source) ?? 0];
    if (view === undefined || range[0] === undefined || range[1] === undefined || range[0] > range[1])
      continue;
    const rows = await db.query<{ id: string | number | null }>(
      `select distinct document_id as id from ${quoteName(view)} where change_id between ? and ?`,
      range,
    );
    for (const { id } of rows) ids.add(String(id));
  }
  return ids;
}
