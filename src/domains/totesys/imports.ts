import type { ImportDefinition, ImportFile, ImportLoad } from "../../models/import-definition.ts";

const times = ["created_at", "last_updated"] as const;
const agreed = ["agreed_delivery_date", "agreed_payment_date", "agreed_delivery_location_id"] as const;

/** The columns of each file, in the order in which the tables are loaded: what is referred to comes first. */
const columns = {
  currency: ["currency_id", "currency_code", ...times],
  currency_rate: ["currency_from", "currency_to", "date", "rate"],
  department: ["department_id", "department_name", "location", "manager", ...times],
  payment_type: ["payment_type_id", "payment_type_name", ...times],
  address: [
    ...[
      "address_id",
      "address_line_1",
      "address_line_2",
      "district",
      "city",
      "postal_code",
      "country",
      "phone",
    ],
    ...times,
  ],
  design: ["design_id", "design_name", "file_location", "file_name", ...times],
  staff: ["staff_id", "first_name", "last_name", "department_id", "email_address", ...times],
  counterparty: [
    ...["counterparty_id", "counterparty_legal_name", "legal_address_id", "commercial_contact"],
    ...["delivery_contact", ...times],
  ],
  sales_order: [
    ...[
      "sales_order_id",
      "design_id",
      "staff_id",
      "counterparty_id",
      "units_sold",
      "unit_price",
      "currency_id",
    ],
    ...[...agreed, ...times],
  ],
  purchase_order: [
    ...["purchase_order_id", "staff_id", "counterparty_id", "item_code", "item_quantity", "item_unit_price"],
    ...["currency_id", ...agreed, ...times],
  ],
  transaction: ["transaction_id", "transaction_type", "sales_order_id", "purchase_order_id", ...times],
  payment: [
    ...[
      "payment_id",
      "transaction_id",
      "counterparty_id",
      "payment_amount",
      "currency_id",
      "payment_type_id",
    ],
    ...["paid", "payment_date", "company_ac_number", "counterparty_ac_number", ...times],
  ],
} as const;

type Table = keyof typeof columns;
const tables = Object.keys(columns) as readonly Table[];

/** Columns that no two rows share, beside the key. */
const unique: Partial<Record<Table, readonly string[]>> = {
  currency: ["currency_code"],
  transaction: ["sales_order_id", "purchase_order_id"],
  payment: ["transaction_id"],
};

const fileOf = (table: Table): ImportFile => ({
  file: `${table}.csv`,
  format: { kind: "csv", header: true, trim: true },
  or: { [`${table}.json`]: { kind: "json" }, [`${table}.ndjson`]: { kind: "ndjson" } },
  optional: true,
  // Of account numbers nothing is told.
  ...(table === "payment" ? { confidential: true } : {}),
  staging: `staging_${table}`,
  columns: Object.fromEntries(columns[table].map((column) => [column, column])),
});

const loadOf = (table: Table): ImportLoad => ({
  table,
  file: `${table}.csv`,
  ...(table === "currency_rate"
    ? { key: ["currency_from", "currency_to", "date"] }
    : { key: [`${table}_id`], version: "last_updated" }),
  ...(unique[table] ? { unique: unique[table] } : {}),
});

const tote: ImportDefinition = {
  files: tables.map(fileOf),
  procedures: tables.flatMap((table) => [`read_${table}`, loadOf(table)]),
};

/** The tables of the back office and the rates of currencies: whichever of the files are there, in any of three formats. */
export const totesysImports = { tables: tote };
