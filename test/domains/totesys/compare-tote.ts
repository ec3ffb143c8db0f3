import {
  type Comparison,
  compareCollections,
  type Rows,
  readRows,
  toTexts,
} from "../../support/comparator.ts";
import { deriveDays } from "../calendar/compare-calendar.ts";
import { deriveHistory, type VersionedTable, versionedTables } from "./derive-history.ts";
import { type ToteTable, toteRows } from "./tote-files.ts";

type Row = Rows[number];
type Tables = Readonly<Record<ToteTable | "iso_currency" | `${VersionedTable}_version`, Rows>>;

/** The mirror of the back office and its calendar beside what the base tables say, row by row: no views, no generated columns. */
export async function compareTote(mariadbUrl: string, mongodbUrl: string): Promise<Comparison> {
  const known = await readRows(mariadbUrl, async (all) => {
    const versions = versionedTables.map((table) => `${table}_version`);
    const names = [...Object.keys(toteRows), "iso_currency", ...versions];
    const rows: [string, Rows][] = [];
    for (const name of names) rows.push([name, await all(`select * from \`${name}\``)]);
    // The names are those of the type.
    const tables = Object.fromEntries(rows) as Tables;
    return { day: deriveDays(await all("select day from dim_date")), ...deriveTote(tables) };
  });
  return compareCollections(
    mongodbUrl,
    new Map(Object.entries(known).map(([name, expected]) => [name, { expected, toPlain: toTexts }])),
  );
}

const toDocuments = (rows: Rows, key: string, toDocument: (row: Row) => object) =>
  new Map(rows.map((row) => [String(row[key]), toTexts(toDocument(row))]));

const iso = (text: unknown) => `${String(text).replace(" ", "T")}Z`;
const midnight = (text: unknown) => `${String(text).slice(0, 10)}T00:00:00.000Z`;
const dateId = (text: unknown) => String(text).slice(0, 10).replaceAll("-", "");
const cents = (text: unknown) => BigInt(String(text).replace(".", ""));
const money = (value: bigint) => `${value / 100n}.${String(value % 100n).padStart(2, "0")}`;

const toTimes = ({ created_at, last_updated }: Row) => ({
  createdAt: iso(created_at),
  createdDate: midnight(created_at),
  createdTime: String(created_at).slice(11),
  createdDateId: dateId(created_at),
  lastUpdatedAt: iso(last_updated),
  lastUpdatedDate: midnight(last_updated),
  lastUpdatedTime: String(last_updated).slice(11),
  lastUpdatedDateId: dateId(last_updated),
});

/** The rows of tables by their ids. */
function lookUp(tables: Tables) {
  const of = (table: ToteTable | "iso_currency", key = `${table}_id`) => {
    const rows = new Map(tables[table].map((row) => [row[key], row]));
    return (id: unknown): Row => rows.get(id as number) ?? {};
  };
  return {
    ...{ address: of("address"), staff: of("staff"), department: of("department"), design: of("design") },
    ...{
      counterparty: of("counterparty"),
      currency: of("currency"),
      iso: of("iso_currency", "currency_code"),
    },
    ...{ transaction: of("transaction"), paymentType: of("payment_type") },
  };
}

/** Every document of the back office by model and id, from rows of its tables. */
function deriveTote(tables: Tables): Readonly<Record<string, ReadonlyMap<string, unknown>>> {
  const read = readFacts(tables);
  const facts = {
    fact_sales_order: toDocuments(tables.sales_order, "sales_order_id", read.sales_order),
    fact_purchase_order: toDocuments(tables.purchase_order, "purchase_order_id", read.purchase_order),
    fact_payment: toDocuments(tables.payment, "payment_id", read.payment),
  };
  const current = Object.entries(facts).map(([name, documents]) => [`${name}_current`, documents] as const);
  return {
    ...deriveDimensions(tables),
    ...facts,
    ...Object.fromEntries(current),
    ...deriveHistory(tables, read),
  };
}

function deriveDimensions(tables: Tables) {
  const find = lookUp(tables);
  return {
    dim_currency: toDocuments(tables.currency, "currency_id", ({ currency_id, currency_code }) => ({
      currencyId: currency_id,
      currencyCode: currency_code,
      currencyName: find.iso(currency_code).currency_name,
    })),
    dim_design: toDocuments(tables.design, "design_id", (row) => ({
      designId: row.design_id,
      designName: row.design_name,
      fileLocation: row.file_location,
      fileName: row.file_name,
    })),
    dim_location: toDocuments(tables.address, "address_id", (row) => ({
      locationId: row.address_id,
      addressLine1: row.address_line_1,
      addressLine2: row.address_line_2,
      ...{ district: row.district, city: row.city, postalCode: row.postal_code },
      ...{ country: row.country, phone: row.phone },
    })),
    dim_counterparty: toDocuments(tables.counterparty, "counterparty_id", (row) => {
      const at = find.address(row.legal_address_id);
      return {
        counterpartyId: row.counterparty_id,
        legalName: row.counterparty_legal_name,
        legalAddressId: row.legal_address_id,
        legalAddressLine1: at.address_line_1,
        legalAddressLine2: at.address_line_2,
        ...{ legalDistrict: at.district, legalCity: at.city, legalPostalCode: at.postal_code },
        ...{ legalCountry: at.country, legalPhone: at.phone },
      };
    }),
    dim_payment_type: toDocuments(tables.payment_type, "payment_type_id", (row) => ({
      paymentTypeId: row.payment_type_id,
      paymentTypeName: row.payment_type_name,
    })),
    dim_staff: toDocuments(tables.staff, "staff_id", (row) => {
      const department = find.department(row.department_id);
      return {
        ...{ staffId: row.staff_id, firstName: row.first_name, lastName: row.last_name },
        ...{ emailAddress: row.email_address, departmentId: row.department_id },
        ...{ departmentName: department.department_name, location: department.location },
      };
    }),
    dim_transaction: toDocuments(tables.transaction, "transaction_id", (row) => ({
      ...{ transactionId: row.transaction_id, transactionType: row.transaction_type },
      ...{ salesOrderId: row.sales_order_id, purchaseOrderId: row.purchase_order_id },
    })),
    exchange_rate: toDocuments(tables.currency_rate, "rate_id", (row) => ({
      ...{ rateId: row.rate_id, currencyFrom: row.currency_from, currencyTo: row.currency_to },
      ...{ date: midnight(row.date), rate: row.rate },
    })),
  };
}

/** What a row of each fact table says, with the dimensions as they are. */
function readFacts(tables: Tables): Readonly<Record<VersionedTable, (row: Row) => object>> {
  const find = lookUp(tables);
  const toParties = (row: Row) => {
    const staff = find.staff(row.staff_id);
    const department = find.department(staff.department_id);
    const counterparty = find.counterparty(row.counterparty_id);
    return {
      staffName: staff.first_name === undefined ? null : `${staff.first_name} ${staff.last_name}`,
      ...{ departmentName: department.department_name, office: department.location },
      ...{ counterpartyId: row.counterparty_id, counterpartyName: counterparty.counterparty_legal_name },
      legalCountry: find.address(counterparty.legal_address_id).country,
    };
  };
  const toCurrency = ({ currency_id }: Row) => ({
    currencyId: currency_id,
    currencyCode: find.currency(currency_id).currency_code,
  });
  const toTerms = (row: Row) => ({
    agreedPaymentDate: midnight(row.agreed_payment_date),
    agreedPaymentDateId: dateId(row.agreed_payment_date),
    agreedDeliveryDate: midnight(row.agreed_delivery_date),
    agreedDeliveryDateId: dateId(row.agreed_delivery_date),
    agreedDeliveryLocationId: row.agreed_delivery_location_id,
    deliveryCountry: find.address(row.agreed_delivery_location_id).country,
  });
  return {
    sales_order: (row) => ({
      salesOrderId: row.sales_order_id,
      ...toTimes(row),
      createdMonthOfYear: Number(String(row.created_at).slice(5, 7)),
      salesStaffId: row.staff_id,
      ...toParties(row),
      unitsSold: row.units_sold,
      unitPrice: row.unit_price,
      amount: money(cents(row.unit_price) * BigInt(row.units_sold ?? 0)),
      ...toCurrency(row),
      designId: row.design_id,
      designName: find.design(row.design_id).design_name,
      ...toTerms(row),
    }),
    purchase_order: (row) => ({
      purchaseOrderId: row.purchase_order_id,
      ...toTimes(row),
      staffId: row.staff_id,
      ...toParties(row),
      ...{ itemCode: row.item_code, itemQuantity: row.item_quantity, itemUnitPrice: row.item_unit_price },
      amount: money(cents(row.item_unit_price) * BigInt(row.item_quantity ?? 0)),
      ...toCurrency(row),
      ...toTerms(row),
    }),
    payment: (row) => {
      const dealt = find.transaction(row.transaction_id);
      return {
        paymentId: row.payment_id,
        ...toTimes(row),
        ...{ transactionId: row.transaction_id, transactionType: dealt.transaction_type },
        ...{ salesOrderId: dealt.sales_order_id, purchaseOrderId: dealt.purchase_order_id },
        counterpartyId: row.counterparty_id,
        counterpartyName: find.counterparty(row.counterparty_id).counterparty_legal_name,
        paymentAmount: row.payment_amount,
        ...toCurrency(row),
        paymentTypeId: row.payment_type_id,
        paymentTypeName: find.paymentType(row.payment_type_id).payment_type_name,
        ...{
          paid: row.paid === 1,
          paymentDate: midnight(row.payment_date),
          paymentDateId: dateId(row.payment_date),
        },
      };
    },
  };
}
