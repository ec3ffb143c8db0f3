import fc from "fast-check";
import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";
import type { Operation } from "../../support/soundness.ts";
import { calendarOperation, dateIdOf, days, prepareCalendar } from "../calendar/calendar-operations.ts";

/** A few facts of each kind, on which every operation below finds something to work. */
export async function prepareWarehouse(db: Queryable): Promise<void> {
  await prepareCalendar(db);
  await db.run(
    "insert into dim_category (category_id, name) values (1, 'Books'), (2, 'Toys'), (3, 'Sports')",
  );
  await db.run("insert into dim_country (country_id, name) values (1, 'Peru'), (2, 'Oman'), (3, 'Chad')");
  await db.run(
    "insert into dim_item (item_id, category, name) values (1, 'Books', 'Atlas'), (2, 'Toys', 'Ball'), (3, 'Toys', 'Net')",
  );
  await db.run(
    `insert into fact_orders (order_id, date_id, country_id, category_id, amount) values
    (1, 20191231, 1, 1, 10.50), (2, 20200229, 1, 2, 20.00), (3, 20210103, 2, 1, 0.01), (4, 20210104, 2, 2, 99.99)`,
  );
  await db.run(
    `insert into fact_ecommerce (ecommerce_id, date_id, item_id, price) values
    (1, 20191231, 1, 5.00), (2, 20200229, 2, 6.50), (3, 20210104, 2, 7.25)`,
  );
  await db.run(
    `insert into softcart_sales (row_id, product_id, customer_id, price, quantity, sold_at, is_timed) values
    (1, 1, 7, 10.00, 2, '2019-12-31 23:59:59', 1), (2, 2, 8, 0.99, 1, '2020-02-29 00:00:00', 1),
    (3, 2, 7, 5.00, 3, '2021-01-03 12:00:00', 1), (4, 9, 8, 5.00, 3, '2021-01-04 12:00:00', 1)`,
  );
  await db.run(
    `insert into catalog_product (catalog_id, kind, model, screen_size, ram_gb, hard_disk_gb, source_text) values
    (1, 'laptop', 'A', 15.6, 8, 512, '{"model":"A"}'), (2, 'smart phone', 'B', 6.1, 4, null, '{"model":"B"}'),
    (3, 'television', 'C', null, null, null, '{"model":"C"}')`,
  );
}

const id = fc.integer({ min: 1, max: 5 });
const dateId = fc.constantFrom(...days.map(dateIdOf), 20240229);
const money = fc.constantFrom("0.00", "0.99", "19.99", "1000.50");
const word = fc.constantFrom("Peru", "peru", "Books", "Net", "Maps", "Rum", "Kits", "Ä");
const quantity = fc.integer({ min: 1, max: 9 });
const kind = fc.constantFrom("laptop", "television", "smart phone", "radio");
const size = fc.option(fc.constantFrom("5.5", "15.6"));

type Value = string | number | null;
const operation = (sql: string, ...values: readonly fc.Arbitrary<Value>[]): fc.Arbitrary<Operation> =>
  fc.tuple(...values).map((all) => ({ sql, values: all }));

/** Any write that the tables allow; what a rule or a foreign key refuses changes nothing. */
export const warehouseOperation: fc.Arbitrary<Operation> = fc.oneof(
  { arbitrary: calendarOperation, weight: 3 },
  operation("insert into dim_country (country_id, name) values (?, ?)", id, word),
  { arbitrary: operation("update dim_country set name = ? where country_id = ?", word, id), weight: 3 },
  operation("update dim_country set country_id = ? where country_id = ?", id, id),
  operation("delete from dim_country where country_id = ?", id),
  operation("insert into dim_category (category_id, name) values (?, ?)", id, word),
  { arbitrary: operation("update dim_category set name = ? where category_id = ?", word, id), weight: 3 },
  operation("delete from dim_category where category_id = ?", id),
  operation("insert into dim_item (item_id, category, name) values (?, ?, ?)", id, word, word),
  operation("update dim_item set name = ? where item_id = ?", word, id),
  operation("update dim_item set category = ?, name = ? where item_id = ?", word, word, id),
  operation("delete from dim_item where item_id = ?", id),
  operation(
    "insert into fact_orders (order_id, date_id, country_id, category_id, amount) values (?, ?, ?, ?, ?)",
    id,
    dateId,
    id,
    id,
    money,
  ),
  operation("update fact_orders set amount = ? where order_id = ?", money, id),
  operation("update fact_orders set country_id = ? where order_id = ?", id, id),
  operation("update fact_orders set category_id = ?, amount = ? where order_id = ?", id, money, id),
  operation("update fact_orders set date_id = ? where order_id = ?", dateId, id),
  operation("update fact_orders set order_id = ? where order_id = ?", id, id),
  operation("delete from fact_orders where country_id = ?", id),
  operation("delete from fact_orders where order_id = ?", id),
  operation(
    "insert into fact_ecommerce (ecommerce_id, date_id, item_id, price) values (?, ?, ?, ?)",
    id,
    dateId,
    id,
    money,
  ),
  operation("update fact_ecommerce set item_id = ? where ecommerce_id = ?", id, id),
  operation("update fact_ecommerce set date_id = ?, price = ? where ecommerce_id = ?", dateId, money, id),
  operation("update fact_ecommerce set price = ? where item_id = ?", money, id),
  operation("delete from fact_ecommerce where ecommerce_id = ?", id),
  operation(
    `insert into fact_sales (row_id, date_id, product_id, customer_id, price, quantity, total_price)
    select row_id, ?, product_id, ?, price, quantity, price * quantity from softcart_sales where row_id = ?`,
    dateId,
    id,
    id,
  ),
  operation(
    "update fact_sales set quantity = ?, total_price = price * quantity where row_id = ?",
    quantity,
    id,
  ),
  operation("update fact_sales set product_id = ?, customer_id = ? where row_id = ?", id, id, id),
  operation("update fact_sales set date_id = ? where row_id = ?", dateId, id),
  operation("delete from fact_sales where row_id = ?", id),
  operation("update softcart_sales set quantity = ? where row_id = ?", quantity, id),
  operation(
    "insert into catalog_product (catalog_id, kind, model, screen_size, source_text) values (?, ?, 'N', ?, json_quote(uuid()))",
    id,
    kind,
    size,
  ),
  operation("update catalog_product set kind = ? where catalog_id = ?", kind, id),
  operation("update catalog_product set screen_size = ? where catalog_id = ?", size, id),
  operation(
    "update catalog_product set ram_gb = ?, brand = ? where catalog_id = ?",
    quantity,
    fc.option(word),
    id,
  ),
  operation("delete from catalog_product where catalog_id = ?", id),
);
