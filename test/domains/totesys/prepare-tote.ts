import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";
import { prepareCalendar } from "../calendar/calendar-operations.ts";
import { type Row, toteRows } from "./tote-files.ts";

/** Tables in an order in which their rows can be written. */
const inOrder = [
  ...(["currency", "currency_rate", "department", "payment_type", "address", "design", "staff"] as const),
  ...(["counterparty", "sales_order", "purchase_order", "transaction", "payment"] as const),
];

/** A small back office in its tables, on which every operation finds something to work. */
export async function prepareTote(db: Queryable): Promise<void> {
  await prepareCalendar(db);
  for (const table of inOrder)
    for (const row of toteRows[table] as readonly Row[]) {
      const names = Object.keys(row);
      await db.run(
        `insert into \`${table}\` (${names.map((name) => `\`${name}\``).join(", ")}) values (${names.map(() => "?").join(", ")})`,
        names.map((name) => row[name]),
      );
    }
  // Orders without a transaction, and one without a payment, can be taken up.
  for (const [table, ids] of [
    ["sales_order", [3]],
    ["purchase_order", [2, 3]],
  ] as const)
    for (const id of ids) {
      const names = Object.keys(toteRows[table][0]).slice(1).join(", ");
      await db.run(
        `insert into ${table} (${table}_id, ${names}) select ?, ${names} from ${table} where ${table}_id = 1`,
        [id],
      );
    }
  await db.run(
    "insert into `transaction` (transaction_id, transaction_type, sales_order_id) values (3, 'SALE', 3)",
  );
  // What nothing refers to can change and go.
  await db.run("insert into currency (currency_id, currency_code) values (3, 'EUR')");
  await db.run(
    "insert into payment_type (payment_type_id, payment_type_name) values (2, 'SALES_REFUND'), (4, 'PURCHASE_REFUND')",
  );
}
