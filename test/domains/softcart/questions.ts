import { first, nothing, type Question, table } from "../../integration/pos/question.ts";

const orders = `fact_orders f join dim_date d on d.date_id = f.date_id
  join dim_country c on c.country_id = f.country_id join dim_category g on g.category_id = f.category_id`;
const web =
  "fact_ecommerce f join dim_date d on d.date_id = f.date_id join dim_item i on i.item_id = f.item_id";
/** First days, as the calendar's own columns give them. */
const year = "concat(d.year, '-01-01')";
const quarter = "concat(d.year, '-', lpad(d.quarter * 3 - 2, 2, '0'), '-01')";
const month = "concat(d.year, '-', lpad(d.month, 2, '0'), '-01')";
const averageAmount = "round(sum(f.amount) / count(*), 2)";

const years = { keys: `${year} as y, c.name as c`, list: ["placedOnYear", "countryName"] } as const;
/** One grouping set of years and countries, with its place among those of the answer. */
const yearSet = (place: number, of: readonly ("y" | "c")[], measures: string) => {
  const shown = { y: of.includes("y") ? year : "null", c: of.includes("c") ? "c.name" : "null" };
  const named = of.map((key) => (key === "y" ? "PLACED_ON_YEAR" : "COUNTRY_NAME")).join();
  const grouped = of.length === 0 ? "" : `group by ${of.map((key) => shown[key]).join()}`;
  return `select ${place} as place, ${of.length} as level, '${named}' as grouped_by, ${shown.y} as y, ${shown.c} as c,
    ${measures} from ${orders} ${grouped}`;
};
const inOrder = (columns: string, sets: readonly string[]) =>
  `select ${columns} from (${sets.join(" union all ")}) as answer order by place, y, c`;

/** Every report of the warehouse, and plain SQL over its tables that says what is right. */
export const warehouseQuestions: readonly Question[] = [
  {
    title: "Total sales per year per country",
    example: "orders-per-year-and-country",
    variables: nothing,
    sql: `select ${years.keys}, sum(f.amount), count(*) from ${orders} group by y, c order by y, c`,
    rows: table("orderFact", ...years.list, "amount", "orders"),
  },
  {
    title: "Total sales per month per category",
    example: "orders-per-month-and-category",
    variables: nothing,
    sql: `select ${month} as m, g.name, sum(f.amount), count(*) from ${orders} group by 1, 2 order by 1, 2`,
    rows: table("orderFact", "placedOnMonth", "categoryName", "amount", "orders"),
  },
  {
    title: "Total sales per quarter per country",
    example: "orders-per-quarter-and-country",
    variables: nothing,
    sql: `select ${quarter} as q, c.name, sum(f.amount), count(*) from ${orders} group by 1, 2 order by 1, 2`,
    rows: table("orderFact", "placedOnQuarter", "countryName", "amount", "orders"),
  },
  {
    title: "Total sales per category per country",
    example: "orders-per-category-and-country",
    variables: nothing,
    sql: `select g.name as g, c.name as c, sum(f.amount) as amount, count(*), ${averageAmount} from ${orders}
      group by 1, 2 order by amount desc, 1, 2`,
    rows: table("orderFact", "categoryName", "countryName", "amount", "orders", "averageAmount"),
  },
  {
    title: "Grouping sets of country and category",
    example: "totals-of-countries-and-categories",
    variables: nothing,
    sql: `select level, grouped_by, c, g, amount from (
        select 0 as place, 1 as level, 'COUNTRY_NAME' as grouped_by, c.name as c, null as g, sum(f.amount) as amount
          from ${orders} group by c.name
        union all
        select 1, 1, 'CATEGORY_NAME', null, g.name, sum(f.amount) from ${orders} group by g.name
      ) as answer order by place, c, g`,
    rows: table("orderFact", "level", "groupedBy", "countryName", "categoryName", "amount"),
  },
  {
    title: "Roll-up of year and country",
    example: "years-and-countries-with-subtotals",
    variables: nothing,
    sql: inOrder("level, grouped_by, y, c, amount", [
      yearSet(0, ["y", "c"], "sum(f.amount) as amount"),
      yearSet(1, ["y"], "sum(f.amount)"),
      yearSet(2, [], "sum(f.amount)"),
    ]),
    rows: table("orderFact", "level", "groupedBy", ...years.list, "amount"),
  },
  {
    title: "Cube of year and country",
    example: "years-and-countries-in-every-way",
    variables: nothing,
    sql: inOrder("level, grouped_by, y, c, amount, average", [
      yearSet(0, ["y", "c"], `sum(f.amount) as amount, ${averageAmount} as average`),
      yearSet(1, ["y"], `sum(f.amount), ${averageAmount}`),
      yearSet(2, ["c"], `sum(f.amount), ${averageAmount}`),
      yearSet(3, [], `sum(f.amount), ${averageAmount}`),
    ]),
    rows: table("orderFact", "level", "groupedBy", ...years.list, "amount", "averageAmount"),
  },
  {
    title: "Materialised total sales per country",
    example: "total-sales-per-country",
    variables: nothing,
    sql: `select c.country_id, c.name, count(f.order_id), coalesce(sum(f.amount), 0.00) as amount
      from dim_country c left join fact_orders f on f.country_id = c.country_id
      group by c.country_id, c.name order by amount desc, c.country_id`,
    rows: table("totalSalesPerCountryConnection.nodes", "countryId", "name", "orders", "amount"),
  },
  {
    title: "Month-wise sales of a year (line)",
    example: "sales-of-the-months-of-a-year",
    variables: (db) =>
      first(
        db,
        `select concat(max(d.year), '-01-01') as \`from\`, concat(max(d.year) + 1, '-01-01') as below from ${web}`,
      ),
    sql: `select ${month} as m, sum(f.price), count(*) from ${web} where d.year = year(:from) group by 1 order by 1`,
    rows: table("ecommerce", "soldOnMonth", "revenue", "lines"),
  },
  {
    title: "Category-wise sales (pie)",
    example: "sales-per-category",
    variables: nothing,
    sql: `select i.category, sum(f.price) as revenue, round(sum(f.price) / count(*), 2) from ${web}
      group by 1 order by revenue desc, 1`,
    rows: table("ecommerce", "categoryName", "revenue", "averagePrice"),
  },
  {
    title: "Quarterly sales of one item (bar)",
    example: "quarterly-sales-of-an-item",
    variables: (db) => first(db, "select max(name) as item from dim_item"),
    sql: `select ${quarter} as q, sum(f.price), count(*) from ${web} where i.name = :item group by 1 order by 1`,
    rows: table("ecommerce", "soldOnQuarter", "revenue", "lines"),
  },
  {
    title: "Items of a category",
    example: "items-of-a-category",
    variables: (db) => first(db, "select min(category) as category from dim_item"),
    sql: `select i.item_id, i.name, sum(f.price) as revenue, count(*) from ${web} where i.category = :category
      group by i.item_id, i.name order by revenue desc, i.item_id`,
    rows: table("ecommerce", "itemDocument.itemId", "itemDocument.name", "revenue", "lines"),
  },
  {
    title: "Products by what the tills took, and those of them that the catalogue has",
    example: "best-selling-products",
    variables: async () => ({ first: 10_000 }),
    sql: `select f.product_id, sum(f.price * f.quantity) as revenue, sum(f.quantity), count(distinct f.customer_id),
        round(sum(f.price * f.quantity) / count(*), 2), max(p.kind), max(p.model)
      from softcart_sales f left join catalog_product p on p.catalog_id = f.product_id
      group by 1 order by revenue desc, 1`,
    rows: (data) =>
      table(
        "sale",
        "productId",
        "revenue",
        "units",
        "customers",
        "averageSale",
        "productDocument.kind",
        "productDocument.model",
      )(data).map((row) => row.map((value) => (value === "smart_phone" ? "smart phone" : value))),
  },
  {
    title: "Days on which the tills sold something",
    example: "sales-of-days",
    variables: async () => ({ first: 10_000 }),
    sql: `select date(s.sold_at), sum(s.price * s.quantity), count(*), dayname(s.sold_at),
        yearweek(s.sold_at, 3) div 100, yearweek(s.sold_at, 3) % 100
      from softcart_sales s group by date(s.sold_at) order by 1`,
    rows: table(
      "sale",
      "dayDocument.day",
      "revenue",
      "sales",
      "dayDocument.weekdayName",
      "dayDocument.isoYear",
      "dayDocument.isoWeek",
    ),
  },
  {
    title: "Laptops in the catalogue",
    example: "laptops-in-the-catalogue",
    variables: async () => ({ first: 500 }),
    sql: `select count(*) over (), catalog_id, brand, model, screen_size, ram_gb, hard_disk_gb
      from catalog_product where kind = 'laptop' order by catalog_id`,
    rows: (data) =>
      table(
        "catalogEntryConnection.nodes",
        "catalogId",
        "brand",
        "model",
        "screenSize",
        "ramGb",
        "hardDiskGb",
      )(data).map((row) => [
        ...(table("all", "totalCount")({ all: [data.catalogEntryConnection] })[0] ?? []),
        ...row,
      ]),
  },
  {
    title: "Smart phones of a screen size",
    example: "smart-phones-of-a-screen-size",
    variables: (db) =>
      first(db, "select min(screen_size) as inches from catalog_product where kind = 'smart phone'"),
    sql: `select catalog_id, brand, model, screen_size from catalog_product
      where kind = 'smart phone' and screen_size = :inches order by catalog_id`,
    rows: table("catalogEntryConnection.nodes", "catalogId", "brand", "model", "screenSize"),
  },
  {
    title: "Average screen size",
    example: "average-screen-size",
    variables: nothing,
    sql: `select 1 as level, replace(kind, ' ', '_') as kind, count(*), count(screen_size),
        round(sum(screen_size) / count(screen_size), 2) as average
      from catalog_product group by kind
      union all
      select 0, null, count(*), count(screen_size), round(sum(screen_size) / count(screen_size), 2) from catalog_product
      order by level desc, kind`,
    rows: table("catalog", "level", "kind", "products", "screens", "averageScreenSize"),
  },
  {
    title: "Countries by name",
    example: "countries",
    variables: nothing,
    sql: `select c.country_id, c.name, count(f.order_id), coalesce(sum(f.amount), 0.00)
      from dim_country c left join fact_orders f on f.country_id = c.country_id
      group by c.country_id, c.name order by c.name`,
    rows: table("countryConnection.nodes", "countryId", "name", "totalSales.orders", "totalSales.amount"),
  },
  {
    title: "Categories by name",
    example: "categories",
    variables: nothing,
    sql: "select category_id, name from dim_category order by name",
    rows: table("categoryConnection.nodes", "categoryId", "name"),
  },
  {
    title: "Items by category and name",
    example: "items",
    variables: nothing,
    sql: "select item_id, category, name from dim_item order by category, name",
    rows: table("itemConnection.nodes", "itemId", "categoryName", "name"),
  },
];
