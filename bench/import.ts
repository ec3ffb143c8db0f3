import { calendar } from "../src/domains/calendar/index.ts";
import { posImport } from "../src/domains/pos/import.ts";
import { generatePos } from "../src/domains/pos/sample/generate.ts";
import { softcartImports } from "../src/domains/softcart/imports.ts";
import { softcart } from "../src/domains/softcart/index.ts";
import { generateSoftcart } from "../src/domains/softcart/sample/generate.ts";
import type { BenchContext } from "./bench-context.ts";
import { measureImport } from "./measure-import.ts";

const shop = { name: "pos", description: "", models: [], captured: [], imports: { files: posImport } };
const sample = { scale: 1, seed: 42, clean: false };

/** What an import of real files costs beside the least that must be done. */
export async function run(context: BenchContext): Promise<void> {
  await measureImport(context, {
    title: "Import at scale 1 (five files, 233,000 lines, with dirt)",
    full: "vitrine import: cleaning, remarks, history, capture, totals",
    domains: [shop],
    domain: shop,
    name: "files",
    definition: posImport,
    files: generatePos({ ...sample, end: "2008-01-01" }),
    minimalInserts: shopInserts,
  });
  const { orders } = softcartImports;
  await measureImport(context, {
    title: "Import of the warehouse's orders (300,000, with their dimensions)",
    full: "vitrine import softcart orders: cleaning, remarks, comparing, asking for rebuilds",
    domains: [calendar, softcart],
    domain: softcart,
    name: "orders",
    definition: orders,
    files: generateSoftcart(sample).filter(({ file }) => orders.files.some((one) => one.file === file)),
    minimalInserts: orderInserts,
  });
}

/** What somebody would write who trusts the files: lines that do not fit are skipped in silence. */
const shopInserts = [
  `insert ignore into sales_tax (zip, state, tax_region_name, combined_rate, state_rate, county_rate, city_rate, special_rate, risk_level)
    select lpad(zip, 5, '0'), state, tax_region_name, combined_rate, state_rate, county_rate, city_rate, special_rate, risk_level
    from staging_sales_tax where zip regexp '^[0-9]+$'`,
  `insert into product (product_id, name, current_price, available_quantity)
    select id, name, replace(replace(price, '$', ''), ',', ''), trim(trailing '\\r' from quantity)
    from staging_product where name <> '' and price <> 'free' and quantity regexp '^[0-9]+'`,
  `insert ignore into city (zip, city, state) select lpad(zip, 5, '0'), city, state from staging_customer where zip regexp '^[0-9]+$'`,
  `insert into customer (customer_id, first_name, last_name, email, address1, address2, birthdate, zip)
    select id, first_name, last_name, email, street1, nullif(street2, ''), str_to_date(nullif(birthdate, ''), '%c/%e/%Y'), lpad(zip, 5, '0')
    from staging_customer where id regexp '^[0-9]+$' and first_name <> ' ' and zip regexp '^[0-9]+$' and birthdate <> '2/30/1970'`,
  `create temporary table line (primary key (order_id, product_id))
    select cast(order_id as int) as order_id, cast(product_id as int) as product_id, count(*) as quantity
    from staging_orderline where product_id regexp '^[0-9]+$' group by 1, 2`,
  `create temporary table total (primary key (order_id))
    select order_id, sum(quantity * current_price) as subtotal from line join product using (product_id) group by order_id`,
  `insert into \`order\` (order_id, customer_id, date_placed, date_shipped, status, subtotal, sales_tax)
    select s.id, c.customer_id, ordered, if(shipped in ('', 'Cancelled'), null, shipped),
      case shipped when '' then 'placed' when 'Cancelled' then 'cancelled' else 'shipped' end,
      coalesce(t.subtotal, 0), round(coalesce(t.subtotal * x.combined_rate, 0), 2)
    from staging_order s join customer c on c.customer_id = s.customer_id
    left join total t on t.order_id = s.id left join sales_tax x on x.zip = c.zip
    where s.customer_id regexp '^[0-9]+$' and ordered regexp '^20' and shipped <> 'soon'`,
  `insert into orderline (order_id, product_id, quantity, unit_price)
    select l.order_id, l.product_id, l.quantity, p.current_price
    from line l join \`order\` o using (order_id) join product p using (product_id)`,
];

/** The same for the orders of 2019 to 2021, whose dateids count the days. */
const orderInserts = [
  `insert into dim_date (date_id, day)
    select date_format(day, '%Y%m%d'), day from (select '2018-12-31' + interval seq day as day from seq_1_to_1096) as days`,
  "insert into dim_country (country_id, name) select country_id, name from staging_dim_country",
  "insert into dim_category (category_id, name) select category_id, name from staging_dim_category",
  `insert into fact_orders (order_id, date_id, country_id, category_id, amount)
    select order_id, date_format('2018-12-31' + interval source_date_id day, '%Y%m%d'), country_id, category_id, amount
    from staging_fact_orders`,
];
