import type { MariaDbConnection, Queryable } from "../../src/stores/mariadb/mariadb.ts";

/** One version of an order as the view tells it: `+` or, of a deletion, `-`, then its pieces. */
export interface ToldVersion {
  readonly number: number;
  readonly says: string;
  readonly from: string;
  readonly to: string | null;
}

/** The versions of a sale in the order of their records. @throws when a successor is not the next of them */
export async function readVersions(db: Queryable, id: number): Promise<readonly ToldVersion[]> {
  const rows = await db.query<Record<string, string | number | null>>(
    `select sales_record_id as record, version_number, if(deleted, '-', '+') as sign, units_sold, valid_from, valid_to, superseded_by
    from sales_order_history where sales_order_id = ? order by sales_record_id`,
    [id],
  );
  return rows.map((row, index) => {
    const next = rows[index + 1];
    if (row.superseded_by !== (next?.record ?? null) || row.valid_to !== (next?.valid_from ?? null))
      throw new Error(`Record ${row.record} of order ${id} does not lead to the next.`);
    return {
      number: Number(row.version_number),
      says: `${row.sign}${row.units_sold}`,
      from: String(row.valid_from),
      to: row.valid_to === null ? null : String(row.valid_to),
    };
  });
}

/** What they say alone. */
export const readSaid = async (db: Queryable, id: number): Promise<readonly string[]> =>
  (await readVersions(db, id)).map(({ says }) => says);

/** Writes under clocks of its own: each statement after `at(moment)` is written at that moment. */
export async function writeAt(
  connection: MariaDbConnection,
  write: (at: (moment: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  await write((moment) => connection.run("set timestamp = unix_timestamp(?)", [moment]));
  await connection.run("set timestamp = default");
}

export const insertSale = (db: Queryable, id: number, units: number): Promise<unknown> =>
  db.run(
    `insert into sales_order (sales_order_id, design_id, staff_id, counterparty_id, units_sold, unit_price, currency_id,
      agreed_delivery_date, agreed_payment_date, agreed_delivery_location_id) values (?, 1, 1, 1, ?, '2.50', 1, '2022-11-10', '2022-11-08', 1)`,
    [id, units],
  );
export const changeSale = (db: Queryable, id: number, units: number): Promise<unknown> =>
  db.run("update sales_order set units_sold = ? where sales_order_id = ?", [units, id]);
export const deleteSale = (db: Queryable, id: number): Promise<unknown> =>
  db.run("delete from sales_order where sales_order_id = ?", [id]);
