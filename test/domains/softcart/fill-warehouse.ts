import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";

/** How much there is of what is not fixed: three years of days, five categories, twelve items. */
export interface WarehouseSize {
  readonly countries: number;
  readonly orders: number;
  readonly sales: number;
  readonly lines: number;
  readonly products: number;
}

export const smallWarehouse: WarehouseSize = {
  countries: 6,
  orders: 600,
  sales: 200,
  lines: 300,
  products: 60,
};

export const categories = ["Electronics", "Books", "Toys", "Sports", "Software"] as const;
/** An item of one name in two categories; names that sort otherwise without regard to case. */
const items = [
  ["Electronics", "Tablet"],
  ["Electronics", "Tripod"],
  ["Electronics", "battery"],
  ["Books", "Atlas"],
  ["Books", "Novel"],
  ["Toys", "Tripod"],
  ["Toys", "Äpfel"],
  ["Sports", "Ball"],
  ["Sports", "Net"],
  ["Sports", "Racket"],
  ["Software", "Editor"],
  ["Software", "Game"],
] as const;
const countryNames = ["Norway", "Peru", "Côte d'Ivoire", "Oman", "Chad", "Japan"];
const kinds = ["laptop", "television", "smart phone"] as const;
const screenSizes = ["5.50", "6.10", "13.30", "15.60", "54.60", null] as const;

const FIRST_DAY = Date.UTC(2019, 0, 1);
const DAYS = 1096;
const DAY_MS = 86_400_000;

/** Rows of one insert. */
const BATCH = 2000;

type Row = readonly (string | number | null)[];

/** Whole numbers that look random and are the same each time: below `limit`, for row `row` and column `column`. */
function pick(row: number, column: number, limit: number): number {
  let h = Math.imul(row ^ Math.imul(column + 1, 0x9e3779b9), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) % limit;
}

const dayOf = (index: number): string => new Date(FIRST_DAY + index * DAY_MS).toISOString().slice(0, 10);
const dateIdOf = (day: string): number => Number(day.replaceAll("-", ""));
const money = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;

async function insert(
  db: Queryable,
  into: string,
  count: number,
  rowOf: (index: number) => Row,
): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => rowOf(from + at));
    await db.run(`insert into ${into} values ?`, [rows]);
  }
}

/** Fills empty tables of calendar and softcart; equal sizes give equal rows. */
export async function fillWarehouse(db: Queryable, size: WarehouseSize = smallWarehouse): Promise<void> {
  // A fact of a new day may have made the day itself.
  await insert(db, "dim_date (date_id, day)", DAYS, (at) => [dateIdOf(dayOf(at)), dayOf(at)]);
  await insert(db, "dim_category (category_id, name)", categories.length, (at) => [
    at + 1,
    categories[at] ?? "",
  ]);
  await insert(db, "dim_country (country_id, name)", size.countries, (at) => [
    at + 1,
    countryNames[at] ?? `Country ${at + 1}`,
  ]);
  await insert(db, "dim_item (item_id, category, name)", items.length, (at) => [
    at + 1,
    ...(items[at] ?? ["", ""]),
  ]);
  await insert(db, "fact_orders (order_id, date_id, country_id, category_id, amount)", size.orders, (at) => [
    at + 1,
    dateIdOf(dayOf(pick(at, 1, DAYS))),
    1 + pick(at, 2, size.countries),
    1 + pick(at, 3, categories.length),
    money(800 + pick(at, 4, 799_200)),
  ]);
  await insert(db, "fact_ecommerce (ecommerce_id, date_id, item_id, price)", size.lines, (at) => [
    at + 1,
    dateIdOf(dayOf(pick(at, 5, DAYS))),
    1 + pick(at, 6, items.length),
    money(99 + pick(at, 7, 99_900)),
  ]);
  await insert(
    db,
    "softcart_sales (row_id, product_id, customer_id, price, quantity, sold_at, is_timed)",
    size.sales,
    (at) => [
      at + 1,
      1 + pick(at, 8, size.products + 10),
      1 + pick(at, 9, 50),
      money(100 + pick(at, 10, 200_000)),
      1 + pick(at, 11, 5),
      `${dayOf(pick(at, 12, DAYS))} 10:00:00`,
      1,
    ],
  );
  // Nothing, where a trigger has done it.
  await db.run(
    `insert ignore into fact_sales (row_id, date_id, product_id, customer_id, price, quantity, total_price)
    select row_id, date_format(sold_at, '%Y%m%d'), product_id, customer_id, price, quantity, price * quantity
    from softcart_sales`,
  );
  await insert(
    db,
    "catalog_product (catalog_id, kind, brand, model, screen_size, ram_gb, hard_disk_gb, resolution, source_text)",
    size.products,
    (at) => {
      const kind = kinds[at % kinds.length] ?? "laptop";
      return [
        at + 1,
        kind,
        at % 7 === 0 ? null : `Brand ${pick(at, 13, 4)}`,
        `M-${at + 1}`,
        screenSizes[pick(at, 14, screenSizes.length)] ?? null,
        kind === "television" ? null : "0.500",
        kind === "laptop" ? "1000.000" : null,
        kind === "television" ? "3840 x 2160" : null,
        JSON.stringify({ model: `M-${at + 1}` }),
      ];
    },
  );
}
