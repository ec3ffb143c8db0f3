import type { LoaderProcess } from "../faults/loader-process.ts";
import { findFakeClock } from "../support/fake-clock.ts";
import type { GaleraNode } from "../support/galera-node.ts";
import { type GaleraFault, toGaleraDrill } from "./galera-drill.ts";
import { type GaleraShop, waitForPosition } from "./galera-shop.ts";
import { waitUntil } from "./wait-until.ts";

const TURNS = 3;

/** The node that the loader's connections are on. */
async function nodeOf({ cluster }: GaleraShop): Promise<GaleraNode> {
  let found: GaleraNode | undefined;
  await waitUntil("the loader is on a node", async () => {
    for (const node of cluster.nodes) {
      const [row] = await node.query<{ n: string }>(
        "select count(*) as n from information_schema.processlist where user = 'vitrine_loader'",
      );
      if (Number(row?.n) > 0) found = node;
    }
    return found !== undefined;
  });
  return found as GaleraNode; // the wait has ended
}

const inFlight = (loader: LoaderProcess): Promise<void> =>
  waitUntil("a batch is in flight", () => loader.flying() > 0);

/** When each model was rebuilt last, as text: whoever distrusts the mirror changes it. */
export const readRebuilt = async (node: GaleraNode): Promise<string> =>
  JSON.stringify(await node.query("select model, rebuilt_at from vitrine.vitrine_state order by model"));

/** No balancer is between: the loader's address names all nodes. */
const loaderMoves: GaleraFault = {
  name: "the node of a loader that knows all nodes is killed in the middle of batches, three times",
  topology: "Galera of three; the loader knows all nodes",
  fault: "kill -9 of a node with batches in flight; IST",
  withinMs: 10_000,
  opens: { loader: false },
  async strike(shop) {
    const loader = await shop.startLoader(shop.cluster.address);
    await shop.mirrored(shop.current());
    const before = await readRebuilt(shop.current());
    const times: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const victim = await nodeOf(shop);
      const judge = shop.other(victim);
      await inFlight(loader);
      const since = Date.now();
      await victim.kill();
      times.push(await waitForPosition(judge, since));
      await shop.cluster.bringBack(victim);
    }
    const judge = shop.current();
    const isRebuilt = (await readRebuilt(judge)) !== before;
    const told = times.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(", ");
    return {
      judge,
      recoverMs: Math.max(...times),
      notes: [`The loader was at another node after ${told}; nothing was rebuilt.`],
      broken: isRebuilt ? ["The mirror was rebuilt, though the nodes have the same triggers."] : [],
    };
  },
};

const clocksDiffer: GaleraFault = {
  ...loaderMoves,
  name: "clocks of the nodes are an hour apart, and the loader's node is killed, three times",
  fault: "faketime; kill -9 of a node with batches in flight; IST",
  missing: () =>
    findFakeClock() === null ? "faketime is not installed here: apt-get install faketime." : null,
  opens: { loader: false, clocks: ["+0", "-1h", "+1h"] },
  isSpread: true,
};

/** Loaders that find their nodes by themselves. */
export const galeraLoaders = [loaderMoves, clocksDiffer].map(toGaleraDrill);
