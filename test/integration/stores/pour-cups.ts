import { Long } from "mongodb";
import { compileBsonCodec } from "../../../src/stores/conversion/bson.ts";
import type { Fact } from "../../support/cube-oracle.ts";
import type { TestDatabase } from "../../support/database.ts";
import { cups } from "./cups.ts";

/** Makes the table that is the view of the cube in cups.ts. */
export const createCups = ({ admin }: TestDatabase) =>
  admin.run(
    `create table cup (cup_id int primary key, tea varchar(20), size int, sold_on date, served_at datetime(3),
      serial bigint, guest int, room int, bill int, price decimal(9, 3), sugar int, fate varchar(20))
      default charset = utf8mb4 collate = utf8mb4_nopad_bin`,
  );

/** A fact as the table has it. */
export const toColumns = (f: Fact) => [
  ...[f.cupId, f.tea, f.size, f.soldOn],
  typeof f.servedAt === "string" ? f.servedAt.replace("T", " ").replace("Z", "") : null,
  ...[f.serial, f.guest, f.room, f.bill, f.price, f.sugar, f.fate],
];

/** Puts facts, and nothing else, into both stores. */
export async function pourCups({ admin, mongo }: TestDatabase, facts: readonly Fact[]): Promise<void> {
  const codec = compileBsonCodec(cups);
  const collection = mongo.db.collection<Record<string, unknown>>("cup");
  await admin.run("delete from cup");
  await collection.deleteMany({});
  if (facts.length === 0) return;
  await admin.run("insert into cup values ?", [facts.map(toColumns)]);
  await collection.insertMany([
    ...facts.map((fact) => ({ _id: fact.cupId, _v: Long.ONE, _h: "", ...codec.toBson(fact) }) as never),
    // A tombstone is no fact.
    { _id: -1, _v: Long.ONE, _del: true, _at: new Date() } as never,
  ]);
}
