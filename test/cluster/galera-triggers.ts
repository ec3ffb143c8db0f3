import { setTimeout as sleep } from "node:timers/promises";
import { migrateUp } from "../../src/migrations/migrate.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import project from "../support/backup/shop-project.ts";
import type { GaleraNode } from "../support/galera-node.ts";
import { type GaleraFault, toGaleraDrill } from "./galera-drill.ts";
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

/** Until the mirror is trusted no more, as it is to be while capture is lost. */
const distrusted = (node: GaleraNode): Promise<void> =>
  waitUntil("the loader has noticed", async () => {
    const rows = await node.query("select 1 from vitrine.vitrine_state where rebuild_status = 'done'");
    return rows.length === 0;
  });

const triggerDropped: GaleraFault = {
  name: "a capture trigger is dropped on another node while all nodes are written to",
  fault: "drop trigger by total order; `vitrine migrate up`",
  isSpread: true,
  async strike(shop) {
    const judge = shop.current();
    const elsewhere = shop.other(judge);
    const since = Date.now();
    await elsewhere.query(`drop trigger vitrine.${TRIGGER}`);
    await distrusted(judge);
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
  fault: "drop trigger with wsrep_OSU_method=RSU; kill -9 of the loader's node; `vitrine migrate up`",
  isSpread: true,
  async strike(shop) {
    const victim = shop.current();
    // The next one that the loader's address leads to.
    const elsewhere = shop.other(victim);
    await elsewhere.query(`set session wsrep_OSU_method = RSU; drop trigger vitrine.${TRIGGER}`);
    // What is written there is not captured, and nobody can see it from the loader's node.
    await sleep(1000);
    const since = Date.now();
    await victim.kill();
    await distrusted(elsewhere);
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
