import {
  type Comparison,
  compareCollections,
  type Rows,
  readRows,
  toTexts,
} from "../../support/comparator.ts";
import { deriveDays } from "../calendar/compare-calendar.ts";

type Tables = Record<
  "days" | "categories" | "countries" | "items" | "sales" | "orders" | "lines" | "products",
  Rows
>;

/**
 * The mirror of the warehouse and its calendar beside what the base tables say, row by row: no views. To be asked when nothing is written any more.
 */
export async function compareWarehouse(mariadbUrl: string, mongodbUrl: string): Promise<Comparison> {
  const tables = await readRows(mariadbUrl, async (all) => ({
    days: await all("select date_id, day from dim_date"),
    categories: await all("select category_id, name from dim_category"),
    countries: await all("select country_id, name from dim_country"),
    items: await all("select item_id, category, name from dim_item"),
    sales: await all("select row_id, date_id, product_id, customer_id, price, quantity from fact_sales"),
    orders: await all("select order_id, date_id, country_id, category_id, amount from fact_orders"),
    lines: await all("select ecommerce_id, date_id, item_id, price from fact_ecommerce"),
    products: await all(
      "select catalog_id, kind, brand, model, screen_size, ram_gb, hard_disk_gb, resolution from catalog_product",
    ),
  }));
  const known = Object.entries({
    day: deriveDays(tables.days),
    ...deriveDimensions(tables),
    ...deriveFacts(tables),
  });
  return compareCollections(
    mongodbUrl,
    new Map(known.map(([name, expected]) => [name, { expected, toPlain: toTexts }])),
  );
}

const byId = (rows: Rows, key: string) => new Map(rows.map((row) => [row[key], row]));
const toDocuments = (rows: Rows, key: string, toDocument: (row: Rows[number]) => object) =>
  new Map(rows.map((row) => [String(row[key]), toTexts(toDocument(row))]));

function deriveDimensions({ categories, countries, items, orders, products }: Tables) {
  return {
    category: toDocuments(categories, "category_id", (row) => ({
      categoryId: row.category_id,
      name: row.name,
    })),
    country: toDocuments(countries, "country_id", (row) => ({ countryId: row.country_id, name: row.name })),
    item: toDocuments(items, "item_id", (row) => ({
      itemId: row.item_id,
      categoryName: row.category,
      name: row.name,
    })),
    total_sales_per_country: toDocuments(countries, "country_id", ({ country_id, name }) => {
      const own = orders.filter((order) => order.country_id === country_id);
      const cents = own.reduce((sum, { amount }) => sum + BigInt(String(amount).replace(".", "")), 0n);
      return { countryId: country_id, name, orders: own.length, amount: toMoney(cents) };
    }),
    catalog: toDocuments(products, "catalog_id", ({ catalog_id, kind, brand, screen_size }) => ({
      catalogId: catalog_id,
      kind,
      brand,
      screenSize: screen_size,
    })),
    catalog_entry: toDocuments(products, "catalog_id", (row) => ({
      catalogId: row.catalog_id,
      kind: row.kind,
      brand: row.brand,
      model: row.model,
      screenSize: row.screen_size,
      ramGb: row.ram_gb,
      hardDiskGb: row.hard_disk_gb,
      resolution: row.resolution,
    })),
  };
}

function deriveFacts({ days, categories, countries, items, sales, orders, lines }: Tables) {
  const dayOf = byId(days, "date_id");
  const midnight = (dateId: unknown) => `${dayOf.get(dateId as number)?.day}T00:00:00.000Z`;
  const [categoryOf, countryOf, itemOf] = [
    byId(categories, "category_id"),
    byId(countries, "country_id"),
    byId(items, "item_id"),
  ];
  return {
    sale: toDocuments(sales, "row_id", (row) => {
      const cents = BigInt(String(row.price).replace(".", "")) * BigInt(String(row.quantity));
      return {
        rowId: row.row_id,
        dateId: row.date_id,
        soldOn: midnight(row.date_id),
        productId: row.product_id,
        customerId: row.customer_id,
        price: row.price,
        quantity: row.quantity,
        totalPrice: toMoney(cents),
      };
    }),
    order_fact: toDocuments(orders, "order_id", (row) => ({
      orderId: row.order_id,
      dateId: row.date_id,
      placedOn: midnight(row.date_id),
      countryId: row.country_id,
      countryName: countryOf.get(row.country_id ?? null)?.name,
      categoryId: row.category_id,
      categoryName: categoryOf.get(row.category_id ?? null)?.name,
      amount: row.amount,
    })),
    ecommerce: toDocuments(lines, "ecommerce_id", (row) => {
      const item = itemOf.get(row.item_id ?? null);
      return {
        ecommerceId: row.ecommerce_id,
        dateId: row.date_id,
        soldOn: midnight(row.date_id),
        categoryName: item?.category,
        itemId: row.item_id,
        itemName: item?.name,
        price: row.price,
      };
    }),
  };
}

const toMoney = (cents: bigint): string => `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
