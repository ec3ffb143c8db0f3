import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Row, type ToteTable, toteFiles, toteRows } from "../../domains/totesys/tote-files.ts";
import { backOfficeProject, countTote, emptyBackOffice, importTote } from "../../support/back-office.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { describeRejects } from "../../support/warehouse.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: backOfficeProject });
});
afterAll(() => database?.close());
beforeEach(() => emptyBackOffice(database.admin));

const all = Object.fromEntries(Object.entries(toteRows).map(([table, rows]) => [table, rows.length]));
const whole = "is not a whole number above 0 of 9 digits at most";
const unknown = "there is none of this id, or it was refused";

/** A row of a table that cannot be loaded, beside those that can; why. */
const dirt: readonly (readonly [ToteTable, Row, string])[] = [
  ["address", { address_id: "2.5" }, `address_id: ${whole}`],
  ["address", { city: " " }, "city: is missing"],
  ["address", { postal_code: "x".repeat(21) }, "postal_code: is longer than 20 letters"],
  ["address", { created_at: "2022-02-30 10:00:00" }, "created_at: is no moment like 2026-01-31 10:30:00.000"],
  ["currency", { currency_code: "XYZ" }, "currency_code: is no code of a currency"],
  ["currency", { currency_code: "USD" }, "currency_code: another row has it"],
  ["currency_rate", { date: "2022-11-02", rate: "0" }, "rate: is zero"],
  [
    "currency_rate",
    { date: "2022-11-02", rate: "-1" },
    "rate: is not a number of 10 digits and 8 decimals at most",
  ],
  ["currency_rate", { date: "2022-13-02" }, "date: is no day like 2026-01-31"],
  ["currency_rate", { currency_to: "ZZZ" }, "currency_to: is no code of a currency"],
  ["currency_rate", { currency_to: "GBP" }, "currency_to: is that of currency_from"],
  ["counterparty", { legal_address_id: 77 }, `legal_address_id: ${unknown}`],
  ["counterparty", { legal_address_id: null }, "legal_address_id: is missing"],
  ["department", { department_name: "NULL" }, "department_name: is missing"],
  ["design", { design_id: 0 }, `design_id: ${whole}`],
  ["payment_type", { payment_type_name: "GIFT" }, "payment_type_name: is no type of a payment"],
  ["staff", { department_id: "two" }, `department_id: ${whole}`],
  ["staff", { last_updated: "2022-11-03 14:20:49.961" }, "last_updated: is before created_at"],
  ["sales_order", { design_id: 77 }, `design_id: ${unknown}`],
  ["sales_order", { agreed_delivery_date: "2022-02-30" }, "agreed_delivery_date: is no day like 2026-01-31"],
  ["sales_order", { agreed_payment_date: "soon" }, "agreed_payment_date: is no day like 2026-01-31"],
  ["sales_order", { agreed_payment_date: "03/11/2022" }, "agreed_payment_date: is no day like 2026-01-31"],
  ["sales_order", { units_sold: -4 }, `units_sold: ${whole}`],
  [
    "sales_order",
    { unit_price: "2.505" },
    "unit_price: is not an amount of 8 digits and two decimals at most",
  ],
  ["sales_order", { agreed_delivery_location_id: 77 }, `agreed_delivery_location_id: ${unknown}`],
  ["purchase_order", { currency_id: 77 }, `currency_id: ${unknown}`],
  ["purchase_order", { item_quantity: "1e3" }, `item_quantity: ${whole}`],
  ["transaction", { sales_order_id: null }, "sales_order_id: there is neither a sale nor a purchase"],
  ["transaction", { purchase_order_id: 1 }, "sales_order_id: there are both a sale and a purchase"],
  ["transaction", { transaction_type: "PURCHASE" }, "transaction_type: is not that of the order"],
  ["transaction", { transaction_type: "GIFT" }, "transaction_type: is neither SALE nor PURCHASE"],
  ["transaction", { sales_order_id: 77 }, `sales_order_id: ${unknown}`],
  ["transaction", {}, "sales_order_id: another row has it"],
  ["payment", {}, "transaction_id: another row has it"],
  ["payment", { transaction_id: 77 }, `transaction_id: ${unknown}`],
  ["payment", { paid: "perhaps" }, "paid: is neither true nor false"],
  ["payment", { payment_date: "2022-11-31" }, "payment_date: is no day like 2026-01-31"],
  ["payment", { company_ac_number: null }, "company_ac_number: is missing"],
];

test.each(dirt)(
  "A line of %s with %j is refused, and all others are loaded",
  async (table, changed, reason) => {
    const first: Row = toteRows[table][0];
    const key = `${table}_id` in first ? { [`${table}_id`]: 900 } : {};
    const rows = [...toteRows[table], { ...first, ...key, ...changed }];
    const summary = await importTote(database.admin, toteFiles({ [table]: rows }));
    expect(await describeRejects(database.admin)).toEqual([
      `reject ${table}.csv:${rows.length + 1} ${reason}`,
    ]);
    expect(summary.rejects).toBe(1);
    expect(await countTote(database.admin)).toEqual(all);
  },
);

test("Of lines that claim one value the row that has it is loaded, whatever keys the others have", async () => {
  const [pound, dollar] = toteRows.currency;
  await importTote(database.admin, toteFiles({}));
  const later = { ...dollar, last_updated: "2023-01-02 03:04:05.006" };
  const summary = await importTote(
    database.admin,
    toteFiles({ currency: [{ ...pound, currency_code: dollar.currency_code }, later] }),
  );
  expect(summary.tables).toContainEqual(expect.objectContaining({ table: "currency", updated: 1 }));
  expect(await describeRejects(database.admin)).toEqual([
    "reject currency.csv:2 currency_code: another row has it",
  ]);
});

test("A line whose reference was refused in the same run is refused too", async () => {
  const design = [toteRows.design[0], { ...toteRows.design[1], design_name: null }];
  await importTote(database.admin, toteFiles({ design }));
  expect(await describeRejects(database.admin)).toEqual([
    "reject design.csv:3 design_name: is missing",
    `reject sales_order.csv:3 design_id: ${unknown}`,
  ]);
});

test("No remark on a payment shows an account number, whatever is wrong with the line", async () => {
  const [first, second] = toteRows.payment;
  const names = Object.keys(first);
  const swapped = {
    ...first,
    payment_id: 900,
    payment_date: first.company_ac_number,
    company_ac_number: "2022-11-08",
  };
  const repeated = { ...second, last_updated: "2022-11-03 14:20:49.963" };
  const lines = [
    names.join(","),
    ...[second, swapped, repeated].map((row: Row) => names.map((name) => row[name]).join(",")),
    // A column too few: the text of the line would be kept.
    `901,1,2,2500.00,1,1,false,${first.company_ac_number},31622269,x`,
    `"902,${first.company_ac_number}`,
  ];
  const files = { ...toteFiles({ payment: null }), "payment.csv": `${lines.join("\n")}\n` };
  const summary = await importTote(database.admin, files);
  expect(summary.rejects).toBe(4);
  const everything = JSON.stringify([
    summary,
    await database.admin.query("select * from vitrine_import_reject"),
    await database.admin.query("select * from vitrine_import_run"),
    await database.admin.query("select * from staging_payment"),
  ]);
  expect(everything).not.toMatch(/67305075|3162226|3162227/);
  // Of an import that fails nothing stays either.
  await expect(importTote(database.admin, files, { strict: true })).rejects.toMatchObject({
    code: "IMPORT_REFUSED",
  });
  expect(await database.admin.query("select 1 from staging_payment")).toEqual([]);
  // What is not confidential tells its values.
  const sales = [
    ...toteRows.sales_order,
    { ...toteRows.sales_order[0], sales_order_id: 900, units_sold: -4 },
  ];
  await importTote(database.admin, toteFiles({ sales_order: sales }));
  expect(
    await database.admin.query("select value from vitrine_import_reject where `column` = 'units_sold'"),
  ).toEqual([{ value: "-4" }]);
});
