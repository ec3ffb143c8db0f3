import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { posImport } from "../src/domains/pos/import.ts";
import { generatePos } from "../src/domains/pos/sample/generate.ts";
import { importFiles } from "../src/imports/import-files.ts";
import { writeFiles } from "../src/imports/write-files.ts";
import { migrateUp } from "../src/migrations/migrate.ts";
import { type MariaDb, openMariaDb } from "../src/stores/mariadb/mariadb.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";

const rounds = 3;
const domain = { name: "pos", description: "", models: [], captured: [], imports: { files: posImport } };

/** What an import of real files costs beside the least that must be done. */
export async function run(context: BenchContext): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-bench-"));
  const seconds = {
    load: [] as number[],
    minimal: [] as number[],
    full: [] as number[],
    again: [] as number[],
  };
  try {
    await writeFiles(generatePos({ scale: 1, seed: 42, clean: false, end: "2008-01-01" }), dir);
    for (let round = 0; round < rounds; round++) {
      await withDatabase(context, "tables", async (db) => {
        seconds.load.push(await time(() => loadBare(db, dir)));
        seconds.minimal.push((seconds.load.at(-1) ?? 0) + (await time(() => insertMinimal(db))));
      });
      await withDatabase(context, "all", async (db) => {
        seconds.full.push(await time(() => importFiles({ admin: db, domain, dir })));
        seconds.again.push(await time(() => importFiles({ admin: db, domain, dir })));
      });
    }
  } finally {
    await rm(dir, { recursive: true });
  }
  const minimal = "(b) a and a minimal set-based insert, no rejects, no capture";
  printRatios(context, "Import at scale 1 (five files, 233,000 lines, with dirt)", minimal, [
    { what: "(a) load data local infile into staging, nothing else", seconds: median(seconds.load) },
    { what: minimal, seconds: median(seconds.minimal) },
    { what: "vitrine import: cleaning, remarks, history, capture, totals", seconds: median(seconds.full) },
    { what: "the same files again (nothing is written)", seconds: median(seconds.again) },
  ]);
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function withDatabase(
  context: BenchContext,
  scope: "tables" | "all",
  work: (db: MariaDb) => Promise<void>,
): Promise<void> {
  const server = openMariaDb(context.mariadbUrl, { size: 1 });
  const name = `vitrine_bench_${process.pid}`;
  const url = new URL(context.mariadbUrl);
  url.pathname = `/${name}`;
  await server.run(`create database ${name} character set utf8mb4 collate utf8mb4_nopad_bin`);
  const db = openMariaDb(url.href, { multipleStatements: true });
  try {
    await migrateUp({ admin: db, sqlDir: "sql", domains: [domain], scope });
    await work(db);
  } finally {
    await db.close();
    await server.run(`drop database ${name}`);
    await server.close();
  }
}

/** The files as they are, columns in their order, the header skipped; nobody looks at anything. */
async function loadBare(db: MariaDb, dir: string): Promise<void> {
  await db.withConnection(async ({ raw }) => {
    for (const { file, staging, columns } of posImport.files)
      await raw.query({
        sql: `load data local infile 'stream' into table ${staging} character set utf8mb4
          fields terminated by ',' optionally enclosed by '"' escaped by '' ignore 1 lines
          (${Object.values(columns).join(", ")})`,
        infileStreamFactory: () => createReadStream(join(dir, file)),
      });
  });
}

/** What somebody would write who trusts the files: lines that do not fit are skipped in silence. */
const minimalInserts = [
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

async function insertMinimal(db: MariaDb): Promise<void> {
  await db.transaction(async (connection) => {
    for (const sql of minimalInserts) await connection.run(sql);
  });
}
