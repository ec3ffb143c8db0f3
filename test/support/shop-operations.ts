import fc from "fast-check";
import type { Queryable } from "../../src/stores/mariadb/mariadb.ts";
import { createShop } from "./shop.ts";
import { type Operation, operation } from "./soundness.ts";

const zips = ["77002", "78701", "90001", "94105", "10001"];

/** A small shop in three states, on which every operation below finds something to work. */
export async function prepareShop(db: Queryable): Promise<void> {
  const shop = await createShop(db);
  await shop.city("78701", "Austin", "TX");
  await shop.city("90001", "Los Angeles", "CA", "0.09500");
  await shop.city("94105", "San Francisco", "CA");
  await shop.customer("Ada");
  await shop.customer("Ben", { zip: "90001", address2: "#3" });
  await shop.customer("Cleo", { zip: "78701", address2: "Apt 2" });
  await shop.customer("Dan", { zip: "94105" });
  for (const [name, price] of [
    ["Chair", "42.99"],
    ["Table", "119.50"],
    ["Shelf", "89.00"],
    ["Lamp", "20.00"],
  ] as const)
    await shop.product(name, price);
  await shop.sale(
    "Ada",
    [
      ["Chair", 4],
      ["Table", 1],
    ],
    { placed: "2024-01-10 08:00:00", shipped: "2024-01-12 09:00:00" },
  );
  await shop.sale("Ben", [["Chair", 2]], { placed: "2024-01-20 08:00:00", cancelled: true });
  await shop.sale("Ada", [["Lamp", 3]], { placed: "2024-02-01 00:00:00" });
  await shop.sale(
    "Cleo",
    [
      ["Shelf", 1],
      ["Lamp", 1],
    ],
    { placed: "2024-02-29 23:59:59.999" },
  );
  await db.run(
    "insert into price_history (price_history_id, product_id, old_price, new_price) values (1, 1, 39.99, 42.99)",
  );
}

const customer = fc.integer({ min: 1, max: 5 });
const product = fc.integer({ min: 1, max: 5 });
const order = fc.integer({ min: 1, max: 5 });
const zip = fc.constantFrom(...zips);
const state = fc.constantFrom("TX", "CA", "NY");
const word = fc.constantFrom("Oak", "Pine", "Ash");
const price = fc.constantFrom("10.00", "19.99", "119.50");
const moment = fc.constantFrom("2024-01-31 23:59:59.999", "2024-02-01 00:00:00", "2024-03-05 12:00:00.500");
const quantity = fc.integer({ min: 1, max: 9 });
const historyId = fc.integer({ min: 1, max: 3 });

/** Any write that the tables allow; what a rule or a foreign key refuses changes nothing. */
export const shopOperation: fc.Arbitrary<Operation> = fc.oneof(
  operation("insert into city (zip, city, state) values (?, ?, ?)", zip, word, state),
  operation("update city set city = ? where zip = ?", word, zip),
  operation("update city set state = ? where zip = ?", state, zip),
  operation("delete from city where zip = ?", zip),
  operation(
    "insert into customer (customer_id, first_name, last_name, address1, zip) values (?, ?, 'New', '5 Elm', ?)",
    customer,
    word,
    zip,
  ),
  operation("update customer set first_name = ? where customer_id = ?", word, customer),
  operation("update customer set last_name = ? where customer_id = ?", word, customer),
  operation(
    "update customer set address1 = ?, address2 = ? where customer_id = ?",
    word,
    fc.option(word),
    customer,
  ),
  operation("update customer set address2 = ? where customer_id = ?", fc.option(word), customer),
  operation("update customer set address1 = ? where customer_id = ?", word, customer),
  operation("update customer set zip = ? where customer_id = ?", zip, customer),
  operation(
    "update customer set email = ?, phone = ? where customer_id = ?",
    fc.option(word),
    fc.option(word),
    customer,
  ),
  // Moved and renamed at once: logged as a move, which says nothing of the name.
  operation("update customer set zip = ?, last_name = ? where customer_id = ?", zip, word, customer),
  operation("delete from customer where customer_id = ?", customer),
  operation(
    "insert into product (product_id, name, current_price, available_quantity) values (?, ?, ?, 50)",
    product,
    word,
    price,
  ),
  operation("update product set name = ? where product_id = ?", word, product),
  operation("update product set current_price = ? where product_id = ?", price, product),
  operation("update product set available_quantity = ? where product_id = ?", quantity, product),
  operation("delete from product where product_id = ?", product),
  operation(
    "insert into `order` (order_id, customer_id, date_placed) values (?, ?, ?)",
    order,
    customer,
    moment,
  ),
  operation("update `order` set customer_id = ? where order_id = ?", customer, order),
  operation("update `order` set date_placed = ? where order_id = ?", moment, order),
  operation("update `order` set status = 'shipped', date_shipped = ? where order_id = ?", moment, order),
  operation("update `order` set status = 'placed', date_shipped = null where order_id = ?", order),
  operation("update `order` set status = 'cancelled', date_shipped = null where order_id = ?", order),
  operation("update `order` set subtotal = ?, sales_tax = 1 where order_id = ?", price, order),
  operation("delete from `order` where order_id = ?", order),
  operation(
    "insert into orderline (order_id, product_id, quantity, unit_price) values (?, ?, ?, ?)",
    order,
    product,
    quantity,
    price,
  ),
  operation(
    "update orderline set quantity = ? where order_id = ? and product_id = ?",
    quantity,
    order,
    product,
  ),
  operation("update orderline set unit_price = ? where order_id = ?", price, order),
  operation(
    "update orderline set product_id = ? where order_id = ? and product_id = ?",
    product,
    order,
    product,
  ),
  operation("update orderline set order_id = ? where order_id = ? and product_id = ?", order, order, product),
  operation("delete from orderline where order_id = ?", order),
  operation("delete from orderline where product_id = ?", product),
  operation(
    "insert into price_history (price_history_id, product_id, old_price, new_price, changed_at) values (?, ?, 1, ?, ?)",
    historyId,
    product,
    price,
    moment,
  ),
  operation("update price_history set product_id = ? where price_history_id = ?", product, historyId),
  operation("update price_history set new_price = ? where price_history_id = ?", price, historyId),
  operation("delete from price_history where price_history_id = ?", historyId),
  operation("update sales_tax set combined_rate = 0.5 where zip = ?", zip),
);
