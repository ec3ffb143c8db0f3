/** Rows of a small back office as a source tells them, by table; each test changes what it is about. */
const at = "2022-11-03 14:20:49.962";
const told = { created_at: at, last_updated: at } as const;

export type Row = Readonly<Record<string, string | number | boolean | null>>;
export type ToteTable = keyof typeof toteRows;

export const toteRows = {
  currency: [
    { currency_id: 1, currency_code: "GBP", ...told },
    { currency_id: 2, currency_code: "USD", ...told },
  ],
  currency_rate: [
    { currency_from: "GBP", currency_to: "USD", date: "2022-11-01", rate: "1.2" },
    { currency_from: "USD", currency_to: "GBP", date: "2022-11-01", rate: "0.83333333" },
  ],
  department: [
    { department_id: 1, department_name: "Sales", location: "Leeds", manager: null, ...told },
    { department_id: 2, department_name: "Purchasing", location: null, manager: "Ann Oak", ...told },
  ],
  payment_type: [
    { payment_type_id: 1, payment_type_name: "SALES_RECEIPT", ...told },
    { payment_type_id: 3, payment_type_name: "PURCHASE_PAYMENT", ...told },
  ],
  address: [
    {
      ...{
        address_id: 1,
        address_line_1: "1 Mill Lane",
        address_line_2: null,
        district: "Avon",
        city: "Leeds",
      },
      ...{ postal_code: "LS1 1AA", country: "United Kingdom", phone: "0113 000000", ...told },
    },
    {
      ...{ address_id: 2, address_line_1: "2 Rue Haute", address_line_2: "B", district: null, city: "Lyon" },
      ...{ postal_code: "69001", country: "France", phone: "04 000000", ...told },
    },
  ],
  design: [
    { design_id: 1, design_name: "Wooden", file_location: "/usr", file_name: "wooden-1.json", ...told },
    { design_id: 2, design_name: "Bronze", file_location: "/var", file_name: "bronze-2.json", ...told },
  ],
  staff: [
    {
      staff_id: 1,
      first_name: "Ida",
      last_name: "Ash",
      department_id: 1,
      email_address: "ida@tote.test",
      ...told,
    },
    {
      staff_id: 2,
      first_name: "Bo",
      last_name: "Elm",
      department_id: 2,
      email_address: "bo@tote.test",
      ...told,
    },
  ],
  counterparty: [
    {
      ...{ counterparty_id: 1, counterparty_legal_name: "Fahey Ltd", legal_address_id: 1 },
      ...{ commercial_contact: "Micheal", delivery_contact: null, ...told },
    },
    {
      ...{ counterparty_id: 2, counterparty_legal_name: "Roux SA", legal_address_id: 2 },
      ...{ commercial_contact: null, delivery_contact: "Luc", ...told },
    },
  ],
  sales_order: [
    {
      ...{
        sales_order_id: 1,
        design_id: 1,
        staff_id: 1,
        counterparty_id: 2,
        units_sold: 1000,
        unit_price: "2.50",
      },
      ...{ currency_id: 1, agreed_delivery_date: "2022-11-10", agreed_payment_date: "2022-11-08" },
      ...{ agreed_delivery_location_id: 2, ...told },
    },
    {
      ...{
        sales_order_id: 2,
        design_id: 2,
        staff_id: 1,
        counterparty_id: 1,
        units_sold: 3,
        unit_price: "3.99",
      },
      ...{ currency_id: 2, agreed_delivery_date: "2022-11-12", agreed_payment_date: "2022-11-09" },
      ...{ agreed_delivery_location_id: 1, ...told },
    },
  ],
  purchase_order: [
    {
      ...{ purchase_order_id: 1, staff_id: 2, counterparty_id: 1, item_code: "ZDOI5EA", item_quantity: 371 },
      ...{ item_unit_price: "361.39", currency_id: 2, agreed_delivery_date: "2022-11-09" },
      ...{ agreed_payment_date: "2022-11-07", agreed_delivery_location_id: 1, ...told },
    },
  ],
  transaction: [
    { transaction_id: 1, transaction_type: "SALE", sales_order_id: 1, purchase_order_id: null, ...told },
    { transaction_id: 2, transaction_type: "PURCHASE", sales_order_id: null, purchase_order_id: 1, ...told },
  ],
  payment: [
    {
      ...{ payment_id: 1, transaction_id: 1, counterparty_id: 2, payment_amount: "2500.00", currency_id: 1 },
      ...{ payment_type_id: 1, paid: false, payment_date: "2022-11-08", company_ac_number: 67305075 },
      ...{ counterparty_ac_number: 31622269, ...told },
    },
    {
      ...{
        payment_id: 2,
        transaction_id: 2,
        counterparty_id: 1,
        payment_amount: "134075.69",
        currency_id: 2,
      },
      ...{ payment_type_id: 3, paid: true, payment_date: "2022-11-07", company_ac_number: 67305075 },
      ...{ counterparty_ac_number: 31622270, ...told },
    },
  ],
} as const satisfies Readonly<Record<string, readonly Row[]>>;

export type Format = "csv" | "json" | "ndjson";

/** A file of these rows. In CSV null is nothing or `NULL`, by turns, and the columns stand in the order of the first row. */
function toFile(rows: readonly Row[], format: Format): string {
  if (format === "json") return `${JSON.stringify(rows, null, 2)}\n`;
  if (format === "ndjson") return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row, line) =>
    names.map((name) => toField(row[name] ?? null, line % 2 === 0 ? "" : "NULL")).join(","),
  );
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

const toField = (value: Row[string], nothing: string): string =>
  value === null
    ? nothing
    : /[",\n]/.test(String(value))
      ? `"${String(value).replaceAll('"', '""')}"`
      : String(value);

/** Files of the whole back office, with the rows of some tables changed; a table of null has no file. */
export function toteFiles(
  changed: Partial<Record<ToteTable, readonly Row[] | null>> = {},
  format: Format | ((table: ToteTable) => Format) = "csv",
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const table of Object.keys(toteRows) as ToteTable[]) {
    const rows = changed[table] === undefined ? toteRows[table] : changed[table];
    const kind = typeof format === "string" ? format : format(table);
    if (rows !== null) files[`${table}.${kind}`] = toFile(rows, kind);
  }
  return files;
}
