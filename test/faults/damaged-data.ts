import { setTimeout as sleep } from "node:timers/promises";
import { verifyNext } from "../../src/mirror/verify/run-verifier.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { readRoute } from "../../src/stores/mongodb/mirror-routes.ts";
import { type MongoDb, openMongoDb } from "../../src/stores/mongodb/mongodb.ts";
import type { Blow, FaultKind } from "./fault-kind.ts";
import { faultModels } from "./fault-models.ts";
import type { FaultShop } from "./fault-shop.ts";
import type { Random } from "./random.ts";

/** The guard looks every two seconds; a cycle must not end before it has. */
const GUARD_MS = 4500;

/** Faults after which the queues know nothing of what is wrong: the guard and the verifier have to find it. */
export const damagedData: readonly FaultKind[] = [
  {
    name: "capture triggers dropped, later repaired by migrate up",
    weight: 8,
    strike: async (shop, random) => {
      const table = random.pick(["customer", "order", "orderline", "product"]);
      const event = random.pick(["insert", "update", "delete"]);
      const inFlight = await shop.inFlight();
      await shop.query(`drop trigger ${table}_after_${event}_capture`);
      const ms = random.between(50, 4000);
      await sleep(ms);
      await shop.migrate();
      await sleep(GUARD_MS);
      return { what: `${table} ${event}, for ${ms} ms`, inFlight };
    },
  },
  {
    name: "capture trigger dropped and made again while no loader ran",
    weight: 6,
    strike: async (shop, random) => {
      const trigger = `${random.pick(["customer", "order", "orderline"])}_after_update_capture`;
      const [row] = await shop.query<{ "SQL Original Statement": string }>(`show create trigger ${trigger}`);
      const inFlight = await shop.inFlight();
      await shop.stopLoaders();
      await shop.query(`drop trigger ${trigger}`);
      const ms = random.between(50, 600);
      await sleep(ms);
      await shop.query(row?.["SQL Original Statement"] ?? "");
      await shop.startLoader();
      // It looks before it does anything else; until then its queues may be empty.
      await sleep(1500);
      return { what: `${trigger}, for ${ms} ms`, inFlight };
    },
  },
  {
    name: "mirror edited by hand, found by the verifier",
    weight: 8,
    strike: (shop, random) => damage(shop, random, "edit"),
    afterwards: verifyAll,
  },
  {
    name: "mirror's documents deleted by hand, found by the verifier",
    weight: 8,
    strike: (shop, random) => damage(shop, random, "delete"),
    afterwards: verifyAll,
  },
  restored("mongodb", "MongoDB replaced, while no loader runs, by an older copy of itself"),
  restored("mariadb", "MariaDB replaced, while no loader runs, by an older copy of itself"),
];

function restored(name: "mongodb" | "mariadb", title: string): FaultKind {
  return {
    name: title,
    weight: 6,
    strike: async (shop, random) => {
      const server = shop.servers[name];
      await server.backUp();
      const known = shop.ledger.copy();
      const ms = random.between(300, 1500);
      await sleep(ms);
      const inFlight = await shop.inFlight();
      await shop.stopLoaders();
      await shop.pauseWriters(async () => {
        await server.restore();
        // What was sold since the copy is gone from the source, and is no loss of the mirror.
        if (name === "mariadb") shop.ledger.restore(known);
      });
      await shop.startLoader();
      await sleep(GUARD_MS);
      return { what: `${ms} ms old`, inFlight };
    },
  };
}

async function damage(shop: FaultShop, random: Random, how: "edit" | "delete"): Promise<Blow> {
  const inFlight = await shop.inFlight();
  const mongo = openMongoDb(shop.servers.mongodbUrl());
  try {
    for (let round = 0; round < 5; round++) {
      const model = random.pick(faultModels);
      await damageOne(mongo, (await readRoute(mongo, model)).reads.collection, random, how);
      await sleep(random.between(10, 150));
    }
  } finally {
    await mongo.close();
  }
  return { what: "5 documents", inFlight };
}

async function damageOne(
  mongo: MongoDb,
  name: string,
  random: Random,
  how: "edit" | "delete",
): Promise<void> {
  const collection = mongo.db.collection(name);
  const alive = await collection.find({ _del: { $exists: false } }).toArray();
  if (alive.length === 0) return;
  const { _id, ...content } = random.pick(alive);
  if (how === "delete") await collection.deleteOne({ _id });
  else {
    const isEditable = ([key, value]: [string, unknown]) =>
      key !== "_h" && (typeof value === "string" || Array.isArray(value));
    const [key, value] = random.pick(Object.entries(content).filter(isEditable));
    // Also what the validator would refuse: a text of a closed set.
    await collection.updateOne(
      { _id },
      { $set: { [key]: typeof value === "string" ? "edited" : [] } },
      { bypassDocumentValidation: true },
    );
  }
}

/** One whole round of the verifier at once; by itself it takes a hundredth of the mirror each minute. */
async function verifyAll(shop: FaultShop): Promise<void> {
  const db = openMariaDb(shop.servers.mariadbUrl("vitrine_loader"), { size: 4 });
  const mongo = openMongoDb(shop.servers.mongodbUrl());
  try {
    for (const model of faultModels) {
      const options = { db, mongo, models: [model], onEvent: () => undefined };
      const never = new AbortController().signal;
      let after: string | null = null;
      // Its share is one of what the mirror holds, which may be less than there should be.
      do after = await verifyNext(options, model, { after, share: 1 }, never);
      while (after !== null);
    }
  } finally {
    await Promise.all([db.close(), mongo.close()]);
  }
}
