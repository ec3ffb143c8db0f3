import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFiles } from "../src/imports/write-files.ts";
import { migrateUp } from "../src/migrations/migrate.ts";
import { isCube } from "../src/models/cube.ts";
import type { DocumentModel } from "../src/models/model.ts";
import type { DocumentStore } from "../src/stores/document-store.ts";
import { createLiveStore } from "../src/stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../src/stores/mariadb/mariadb.ts";
import { importAll } from "../test/support/import-all.ts";
import project from "../vitrine.config.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";

const VERSIONS = 50;
const TRANSACTIONS = 20_000;
const page = { where: null, orderBy: [], after: null, before: null, limit: 20, fromEnd: false };

/** What reading the past costs beside reading the present, on a shop whose tables have seen many transactions. */
export async function run(context: BenchContext): Promise<void> {
  const name = `vitrine_history_${process.pid}`;
  const server = openMariaDb(context.mariadbUrl, { size: 1 });
  await server.run(`create database ${name} character set utf8mb4 collate utf8mb4_nopad_bin`);
  const url = new URL(context.mariadbUrl);
  url.pathname = `/${name}`;
  const admin = openMariaDb(url.href, { size: 4, multipleStatements: true });
  try {
    await fillShop(admin);
    const [then] = await admin.query<{ at: string }>("select cast(utc_timestamp(3) as char) as at");
    const asOf = `${then?.at.replace(" ", "T").slice(0, 23)}Z`;
    const writing = performance.now();
    for (let written = 0; written < TRANSACTIONS; written++)
      await admin.run("update product set available_quantity = available_quantity + 1 where product_id = ?", [
        (written % 4000) + 1,
      ]);
    context.print(
      `\n${TRANSACTIONS} transactions written in ${((performance.now() - writing) / 1000).toFixed(1)} s`,
    );
    for (let version = 0; version < VERSIONS; version++)
      await admin.run("update customer set last_name = ? where customer_id = 100", [`Name ${version}`]);
    const live = createLiveStore(admin);
    const models = project.domains.flatMap((domain) => domain.models);
    for (const model of models.filter(({ name: one }) => measured.has(one)))
      await compare(context, live, model, asOf);
    const orders = models.find((model) => model.name === "customer_orders");
    if (!orders) return;
    const seconds = await time(5, () => live.findVersions(orders, "100", { limit: VERSIONS, before: null }));
    context.print(`\nHistory of a customer with ${VERSIONS} versions: ${(seconds * 1000).toFixed(0)} ms`);
  } finally {
    await admin.close();
    await server.run(`drop database ${name}`);
    await server.close();
  }
}

const measured = new Set(["customer_orders", "order_details", "product_buyers", "sales"]);

async function compare(
  context: BenchContext,
  live: DocumentStore,
  model: DocumentModel,
  asOf: string,
): Promise<void> {
  const [some] = await live.findPage(model, { ...page, limit: 1 }, { asOf });
  const id = String(some?.[model.key]);
  const now = `${model.name}: one by id, now`;
  const rows = [
    { what: now, seconds: await time(200, () => live.findByIds(model, [id])) },
    {
      what: `${model.name}: one by id, as of`,
      seconds: await time(200, () => live.findByIds(model, [id], { asOf })),
    },
    { what: `${model.name}: a page of 20, now`, seconds: await time(50, () => live.findPage(model, page)) },
    {
      what: `${model.name}: a page of 20, as of`,
      seconds: await time(50, () => live.findPage(model, page, { asOf })),
    },
  ];
  printRatios(context, `${model.name}, the middle of many`, now, rows);
  if (!isCube(model)) return;
  const query = {
    sets: [["state"]],
    measures: Object.keys(model.cube.measures),
    where: null,
    having: null,
    orderBy: [],
    limit: 100,
    withTies: false,
  };
  printRatios(context, `${model.name} by state`, "now", [
    { what: "now", seconds: await time(3, () => live.aggregate(model, query)) },
    { what: "as of", seconds: await time(3, () => live.aggregate(model, query, { asOf })) },
  ]);
}

/** Seconds of the middle one of `rounds`, after one that warms up. */
async function time(rounds: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
  }
  return median(seconds);
}

async function fillShop(admin: MariaDb): Promise<void> {
  await migrateUp({ admin, sqlDir: project.sql, domains: project.domains });
  for (const domain of project.domains) {
    if (!domain.generate || !domain.imports) continue;
    const dir = await mkdtemp(join(tmpdir(), "vitrine-bench-"));
    await writeFiles(domain.generate({ scale: 1, seed: 42, clean: true, end: "2008-01-01" }), dir);
    await importAll({ admin, domain, dir });
    await rm(dir, { recursive: true });
  }
}
