import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openVitrineServers, type VitrineServer } from "../support/vitrine-servers.ts";
import { type GaleraFault, toGaleraDrill } from "./galera-drill.ts";
import type { GaleraShop } from "./galera-shop.ts";
import { startGatewayTraffic } from "./gateway-traffic.ts";
import { type NodeAbsence, nodeCutOff, nodeFrozen, nodeKilled } from "./node-absences.ts";

/** Products that the clients set the prices of. */
const PRODUCTS = [3, 7, 11, 19];
const TOPOLOGY = "Galera of three; gateway and loader know all nodes";

/** A gateway and a loader, as commands of their own, with the addresses of all nodes; live reads go to all by turns. */
async function startProduct({ cluster, mongodbUrl, atEnd }: GaleraShop): Promise<VitrineServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "vitrine-gateway-"));
  atEnd(() => rm(dataDir, { recursive: true, force: true }));
  const servers = openVitrineServers({ mariadbUrl: cluster.address(), mongodbUrl }, dataDir, {
    VITRINE_PROJECT: "test/support/backup/shop-project.ts",
    VITRINE_AUTH: "none",
    MARIADB_READ_URL: cluster.address(),
  });
  atEnd(async () => servers.close());
  await servers.start("mirror", []);
  return servers.start("serve", []);
}

const toGatewayFault = ({ name, fault, leastMs, leave, comeBack }: NodeAbsence): GaleraFault => ({
  name: `the gateway's node ${name}`,
  topology: TOPOLOGY,
  fault,
  // Of one that is frozen nobody is told.
  withinMs: leave === nodeFrozen.leave ? 30_000 : 10_000,
  opens: { loader: false },
  async strike(shop) {
    const [victim] = shop.cluster.nodes;
    if (!victim) throw new Error("A cluster has nodes.");
    const { port } = await startProduct(shop);
    await shop.mirrored(shop.other(victim));
    const traffic = startGatewayTraffic(port, PRODUCTS);
    try {
      await traffic.recovered(Date.now());
      const since = Date.now();
      await leave(victim);
      await traffic.recovered(since);
      await sleep(Math.max(1500, since + leastMs - Date.now()));
      const until = Date.now();
      const how = await comeBack(shop, victim);
      // It is there again, and nobody is asked to go back to it.
      await traffic.recovered(Date.now());
      await sleep(1500);
      await traffic.stop();
      return {
        judge: victim,
        recoverMs: traffic.recoverMs(since, until),
        notes: [traffic.describe(), ...(how === undefined ? [] : [how])],
        broken: traffic.broken,
      };
    } finally {
      victim.thaw();
      await traffic.stop();
    }
  },
});

/** A gateway whose servers of MariaDB go away, under mutations, live reads and reads behind a token. */
export const galeraGateways = [nodeKilled, nodeFrozen, nodeCutOff].map(toGatewayFault).map(toGaleraDrill);
