import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";

/** MariaDB's time, rounded up to the millisecond: a moment that shows all that was committed before the call. */
export async function readMoment(db: MariaDb): Promise<string> {
  const [row] = await db.query<{ now: string }>(
    "select cast(utc_timestamp(3) + interval 1000 microsecond as char) as now",
  );
  const moment = `${String(row?.now).slice(0, 23).replace(" ", "T")}Z`;
  // Nothing that follows may fall into the same millisecond.
  await new Promise((resolve) => setTimeout(resolve, 3));
  return moment;
}
