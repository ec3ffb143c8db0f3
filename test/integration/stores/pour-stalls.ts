import { Long } from "mongodb";
import { printRollUpView } from "../../../src/migrations/roll-up-views.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { compileBsonCodec } from "../../../src/stores/conversion/bson.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { readView } from "../../../src/stores/mariadb/text-columns.ts";
import type { Fact } from "../../support/cube-oracle.ts";
import type { TestDatabase } from "../../support/database.ts";
import { stallRates, stalls } from "../../support/market/models.ts";

/** Makes the tables that are the views of stalls.ts, and those of the roll-ups. */
export async function createStalls({ admin }: TestDatabase): Promise<void> {
  await admin.run(
    `create table stall_sale (sale_id int primary key, stall varchar(9), currency varchar(3), sold_on date,
      paid_at datetime(3), buyer int, ticket int, items int, amount decimal(9, 2), tip decimal(9, 3))
      default charset = utf8mb4 collate = utf8mb4_nopad_bin`,
  );
  await admin.run(
    `create table stall_rate (rate_id int primary key, currency_from varchar(3), currency_to varchar(3), date date,
      rate decimal(12, 6)) default charset = utf8mb4 collate = utf8mb4_nopad_bin`,
  );
  for (const model of stalls.cube.rollUps)
    await admin.run(printRollUpView(model, await readView(admin, stalls)));
}

/** Puts these facts and rates, and nothing else, into both stores, and the groups of the roll-ups into the mirror. */
export async function pourStalls(
  database: TestDatabase,
  facts: readonly Fact[],
  rates: readonly Fact[],
): Promise<void> {
  await pour(database, stalls, facts);
  await pour(database, stallRates, rates);
  const live = createLiveStore(database.admin);
  for (const model of stalls.cube.rollUps) {
    const documents: Record<string, unknown>[] = [];
    for await (const document of live.stream(model, null)) documents.push(document);
    await mirror(database, model, documents);
  }
}

async function pour(database: TestDatabase, model: DocumentModel, rows: readonly Fact[]): Promise<void> {
  await database.admin.run(`delete from ${model.name}`);
  const names = Object.keys(model.columns);
  const toSql = (name: string, value: Fact[string] | undefined) =>
    name === "paidAt" && typeof value === "string" ? value.replace("T", " ").replace("Z", "") : value;
  if (rows.length > 0)
    await database.admin.run(
      `insert into ${model.name} (${names.map((name) => model.columns[name]).join(", ")}) values ?`,
      [rows.map((row) => names.map((name) => toSql(name, row[name])))],
    );
  await mirror(database, model, rows);
}

async function mirror(
  { mongo }: TestDatabase,
  model: DocumentModel,
  documents: readonly Record<string, unknown>[],
): Promise<void> {
  const codec = compileBsonCodec(model);
  const collection = mongo.db.collection(model.name);
  await collection.deleteMany({});
  if (documents.length > 0)
    await collection.insertMany(
      documents.map((one) => ({ _id: one[model.key], _v: Long.ONE, _h: "", ...codec.toBson(one) }) as never),
    );
}
