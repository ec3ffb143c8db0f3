import { type Rows, toTexts } from "../../support/comparator.ts";

type Row = Rows[number];

/** Tables of which every version is kept, and what a version's own number is called. */
export const versionedTables = ["sales_order", "purchase_order", "payment"] as const;
export type VersionedTable = (typeof versionedTables)[number];

const recordOf = {
  sales_order: ["sales_record_id", "salesRecordId"],
  purchase_order: ["purchase_record_id", "purchaseRecordId"],
  payment: ["payment_record_id", "paymentRecordId"],
} as const;

const toMoment = (text: unknown) => `${String(text).replace(" ", "T")}Z`;
/** What a version refers to may be gone: nothing is said of it. */
const withNulls = (document: object) =>
  Object.fromEntries(Object.entries(document).map(([name, value]) => [name, value ?? null]));

/** The days that were agreed stand in the tables of orders as texts, of versions as days. */
const toToldRow = (row: Row): Row => ({
  ...row,
  agreed_delivery_date: row.agreed_delivery_on ?? null,
  agreed_payment_date: row.agreed_payment_on ?? null,
  payment_date: row.payment_on ?? null,
});

/** Every document of the histories: each version goes on until the next of the same number in order. */
export function deriveHistory(
  tables: Readonly<Record<`${VersionedTable}_version`, Rows>>,
  facts: Readonly<Record<VersionedTable, (row: Row) => object>>,
): Readonly<Record<string, ReadonlyMap<string, unknown>>> {
  const all: Record<string, ReadonlyMap<string, unknown>> = {};
  for (const table of versionedTables) {
    const [column, field] = recordOf[table];
    const documents = new Map<string, unknown>();
    const versions = [...tables[`${table}_version`]].sort(
      (a, b) => Number(a.version_number) - Number(b.version_number),
    );
    for (const row of versions) {
      const later = versions.find(
        (one) =>
          one[`${table}_id`] === row[`${table}_id`] &&
          Number(one.version_number) > Number(row.version_number),
      );
      const document = {
        [field]: row[column],
        versionNumber: row.version_number,
        deleted: row.deleted === 1,
        validFrom: toMoment(row.valid_from),
        validFromDate: `${String(row.valid_from).slice(0, 10)}T00:00:00.000Z`,
        validTo: later ? toMoment(later.valid_from) : null,
        supersededBy: later?.[column] ?? null,
        ...facts[table](toToldRow(row)),
      };
      documents.set(String(row[column]), toTexts(withNulls(document)));
    }
    all[`${table}_history`] = documents;
  }
  return all;
}
