import { setTimeout as sleep } from "node:timers/promises";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import project from "../support/backup/shop-project.ts";
import type { GaleraNode } from "../support/galera-node.ts";
import { type GaleraFault, toGaleraDrill } from "./galera-drill.ts";
import { readRebuilt } from "./galera-loaders.ts";
import type { GaleraShop } from "./galera-shop.ts";
import { waitUntil } from "./wait-until.ts";

/** Of the triggers that log what terminals write. */
const TRIGGER = "customer_after_update_capture";

/** What an operator does who is told that capture is lost. */
async function migrate({ cluster }: GaleraShop, node: GaleraNode): Promise<void> {
  const admin = openMariaDb(cluster.url(node.port), { size: 2, multipleStatements: true });
  try {
    await migrateUp({ admin, sqlDir: "sql", domains: project.domains });
  } finally {
    await admin.close();
  }
}

/** Until the mirror is trusted no more: what it was `before` is forgotten, and asked for again as long as capture is lost. */
const distrusted = (node: GaleraNode, before: string): Promise<void> =>
  waitUntil("the loader has noticed", async () => (await readRebuilt(node)) !== before);

const triggerDropped: GaleraFault = {
  name: "a capture trigger is dropped on another node while all nodes are written to",
  fault: "drop trigger by total order; `vitrine migrate up`",
  isSpread: true,
  async strike(shop) {
    const judge = shop.current();
    const elsewhere = shop.other(judge);
    const before = await readRebuilt(judge);
    const since = Date.now();
    await elsewhere.query(`drop trigger vitrine.${TRIGGER}`);
    await distrusted(judge, before);
    const noticedMs = Date.now() - since;
    // Nothing of this is captured.
    await sleep(1000);
    await migrate(shop, elsewhere);
    const mended = Date.now();
    await shop.mirrored(judge);
    return {
      judge,
      recoverMs: Date.now() - mended,
      notes: [
        `The mirror was distrusted after ${(noticedMs / 1000).toFixed(1)} s; recovery is from the migration until all is mirrored anew.`,
      ],
    };
  },
};

const triggerOfOneNode: GaleraFault = {
  name: "one node alone has lost a capture trigger, and the loader comes to it",
  fault: "drop trigger with wsrep_on=0; kill -9 of the loader's node; `vitrine migrate up`",
  isSpread: true,
  async strike(shop) {
    const victim = shop.current();
    // The next one that the loader's address leads to.
    const elsewhere = shop.other(victim);
    // By `wsrep_OSU_method = RSU` the node would wait for its own writers for ever: they hold the table, and wait for the cluster.
    await elsewhere.query(`set session wsrep_on = 0; drop trigger vitrine.${TRIGGER}`);
    // What is written there is not captured, and nobody can see it from the loader's node.
    await sleep(1000);
    const before = await readRebuilt(elsewhere);
    const since = Date.now();
    await victim.kill();
    await distrusted(elsewhere, before);
    const noticedMs = Date.now() - since;
    await migrate(shop, elsewhere);
    const mended = Date.now();
    await shop.mirrored(elsewhere);
    const recoverMs = Date.now() - mended;
    await shop.cluster.bringBack(victim);
    return {
      judge: elsewhere,
      recoverMs,
      notes: [
        `Noticed ${(noticedMs / 1000).toFixed(1)} s after the loader's node was gone, and not before; recovery is from the migration until all is mirrored anew.`,
      ],
    };
  },
};

/** Capture that is lost on some node. */
export const galeraTriggers = [triggerDropped, triggerOfOneNode].map(toGaleraDrill);
