import fc from "fast-check";
import { type Operation, operation } from "../../support/soundness.ts";
import { calendarOperation } from "../calendar/calendar-operations.ts";

const id = fc.integer({ min: 1, max: 3 });
const word = fc.constantFrom("Leeds", "leeds", "Lyon", "Æ", "France", "Peru");
const maybeWord = fc.option(word);
const moment = fc.constantFrom(
  "2019-12-31 23:59:59.999",
  "2020-02-29 00:00:00.000",
  "2022-11-03 14:20:49.962",
);
const day = fc.constantFrom("2020-02-29", "2021-01-03", "2022-11-10", "2022-02-30", "soon");
const amount = fc.constantFrom("0.00", "0.99", "19.99", "1000.50");
const pieces = fc.integer({ min: 0, max: 9 });
const code = fc.constantFrom("GBP", "USD", "EUR", "CHF", "JPY", "SEK", "XYZ");
const usedCode = fc.constantFrom("GBP", "USD", "EUR");
const paymentType = fc.constantFrom("SALES_RECEIPT", "SALES_REFUND", "PURCHASE_REFUND", "GIFT");

const deleteFrom = (table: string, key = `${table}_id`) =>
  operation(`delete from \`${table}\` where ${key} = ?`, id);

const places: readonly fc.Arbitrary<Operation>[] = [
  operation(
    `insert into address (address_id, address_line_1, city, postal_code, country, phone) values (?, 'a', ?, 'p', ?, '1')`,
    ...[id, word, word],
  ),
  operation("update address set country = ? where address_id = ?", word, id),
  operation("update address set city = ?, district = ? where address_id = ?", word, maybeWord, id),
  operation("update address set phone = ?, address_line_2 = ? where address_id = ?", word, maybeWord, id),
  operation("update address set last_updated = ? where address_id = ?", moment, id),
  deleteFrom("address"),
];

const companies: readonly fc.Arbitrary<Operation>[] = [
  operation(
    "insert into counterparty (counterparty_id, counterparty_legal_name, legal_address_id) values (?, ?, ?)",
    id,
    word,
    id,
  ),
  operation("update counterparty set legal_address_id = ? where counterparty_id = ?", id, id),
  operation("update counterparty set counterparty_legal_name = ? where counterparty_id = ?", word, id),
  operation("update counterparty set commercial_contact = ? where counterparty_id = ?", maybeWord, id),
  deleteFrom("counterparty"),
];

const money: readonly fc.Arbitrary<Operation>[] = [
  operation("insert into currency (currency_id, currency_code) values (?, ?)", id, code),
  operation("update currency set currency_code = ? where currency_id = ?", code, id),
  operation("update iso_currency set currency_name = ? where currency_code = ?", word, usedCode),
  deleteFrom("currency"),
];

const rates: readonly fc.Arbitrary<Operation>[] = [
  operation(
    "insert into currency_rate (currency_from, currency_to, date, rate) values (?, ?, '2022-11-02', ?)",
    code,
    code,
    amount,
  ),
  operation("update currency_rate set rate = ? where rate_id = ?", amount, id),
  operation("update currency_rate set currency_to = ? where currency_from = ?", code, code),
  operation("delete from currency_rate where currency_from = ?", code),
];

const people: readonly fc.Arbitrary<Operation>[] = [
  operation(
    "insert into department (department_id, department_name, location) values (?, ?, ?)",
    id,
    word,
    maybeWord,
  ),
  operation("update department set department_name = ? where department_id = ?", word, id),
  operation("update department set location = ? where department_id = ?", maybeWord, id),
  deleteFrom("department"),
  operation(
    "insert into staff (staff_id, first_name, last_name, department_id, email_address) values (?, ?, ?, ?, 'e')",
    id,
    word,
    word,
    id,
  ),
  operation("update staff set last_name = ? where staff_id = ?", word, id),
  operation("update staff set department_id = ? where staff_id = ?", id, id),
  deleteFrom("staff"),
];

const things: readonly fc.Arbitrary<Operation>[] = [
  operation(
    "insert into design (design_id, design_name, file_location, file_name) values (?, ?, '/', ?)",
    id,
    word,
    word,
  ),
  operation("update design set design_name = ? where design_id = ?", word, id),
  operation("update design set file_name = ? where design_id = ?", word, id),
  deleteFrom("design"),
];

const types: readonly fc.Arbitrary<Operation>[] = [
  operation("insert into payment_type (payment_type_id, payment_type_name) values (?, ?)", id, paymentType),
  operation("update payment_type set payment_type_name = ? where payment_type_id = ?", paymentType, id),
  deleteFrom("payment_type"),
];

const orders = (table: string, quantity: string, price: string): readonly fc.Arbitrary<Operation>[] => [
  operation(
    `update ${table} set ${quantity} = ?, last_updated = ? where ${table}_id = ?`,
    pieces,
    moment,
    id,
  ),
  operation(`update ${table} set ${price} = ? where ${table}_id = ?`, amount, id),
  operation(`update ${table} set staff_id = ?, counterparty_id = ? where ${table}_id = ?`, id, id, id),
  operation(`update ${table} set currency_id = ? where ${table}_id = ?`, id, id),
  operation(`update ${table} set agreed_delivery_location_id = ? where ${table}_id = ?`, id, id),
  operation(
    `update ${table} set agreed_delivery_date = ?, agreed_payment_date = ? where ${table}_id = ?`,
    day,
    day,
    id,
  ),
  operation(`update ${table} set created_at = ? where ${table}_id = ?`, moment, id),
  operation(`update ${table} set ${table}_id = ? where ${table}_id = ?`, id, id),
  deleteFrom(table),
];

const facts: readonly fc.Arbitrary<Operation>[] = [
  operation(
    `insert into sales_order (sales_order_id, design_id, staff_id, counterparty_id, units_sold, unit_price, currency_id,
      agreed_delivery_date, agreed_payment_date, agreed_delivery_location_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, id, id, id, pieces, amount, id, day, day, id],
  ),
  operation("update sales_order set design_id = ? where sales_order_id = ?", id, id),
  ...orders("sales_order", "units_sold", "unit_price"),
  operation(
    `insert into purchase_order (purchase_order_id, staff_id, counterparty_id, item_code, item_quantity, item_unit_price,
      currency_id, agreed_delivery_date, agreed_payment_date, agreed_delivery_location_id)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, id, id, word, pieces, amount, id, day, day, id],
  ),
  operation("update purchase_order set item_code = ? where purchase_order_id = ?", word, id),
  ...orders("purchase_order", "item_quantity", "item_unit_price"),
];

const dealings: readonly fc.Arbitrary<Operation>[] = [
  operation(
    "insert into `transaction` (transaction_id, transaction_type, sales_order_id) values (?, 'SALE', ?)",
    id,
    id,
  ),
  operation(
    "insert into `transaction` (transaction_id, transaction_type, purchase_order_id) values (?, 'PURCHASE', ?)",
    id,
    id,
  ),
  operation("update `transaction` set sales_order_id = ? where transaction_id = ?", id, id),
  operation(
    "update `transaction` set transaction_type = 'PURCHASE', sales_order_id = null, purchase_order_id = ? where transaction_id = ?",
    ...[id, id],
  ),
  deleteFrom("transaction"),
  operation(
    "update `transaction` set transaction_type = 'SALE', purchase_order_id = null, sales_order_id = ? where transaction_id = ?",
    ...[id, id],
  ),
];

const payments: readonly fc.Arbitrary<Operation>[] = [
  operation(
    `insert into payment (payment_id, transaction_id, counterparty_id, payment_amount, currency_id, payment_type_id, paid,
      payment_date, company_ac_number, counterparty_ac_number) values (?, ?, ?, ?, ?, ?, 0, ?, '1', '2')`,
    ...[id, id, id, amount, id, id, day],
  ),
  operation("update payment set paid = not paid, payment_date = ? where payment_id = ?", day, id),
  operation("update payment set payment_amount = ?, currency_id = ? where payment_id = ?", amount, id, id),
  operation("update payment set transaction_id = ?, counterparty_id = ? where payment_id = ?", id, id, id),
  operation("update payment set payment_type_id = ? where payment_id = ?", id, id),
  operation("update payment set company_ac_number = ? where payment_id = ?", word, id),
  operation("update payment set last_updated = ? where payment_id = ?", moment, id),
  deleteFrom("payment"),
];

/** Any write that the tables allow; what a rule or a foreign key refuses changes nothing. */
export const toteOperation: fc.Arbitrary<Operation> = fc.oneof(
  calendarOperation,
  { arbitrary: fc.oneof(...places), weight: 3 },
  { arbitrary: fc.oneof(...companies), weight: 3 },
  { arbitrary: fc.oneof(...money), weight: 5 },
  { arbitrary: fc.oneof(...rates), weight: 3 },
  { arbitrary: fc.oneof(...people), weight: 5 },
  { arbitrary: fc.oneof(...things), weight: 5 },
  { arbitrary: fc.oneof(...types), weight: 5 },
  { arbitrary: fc.oneof(...facts), weight: 5 },
  { arbitrary: fc.oneof(...dealings), weight: 6 },
  { arbitrary: fc.oneof(...payments), weight: 4 },
);
