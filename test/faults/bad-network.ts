import { setTimeout as sleep } from "node:timers/promises";
import type { FaultKind } from "./fault-kind.ts";
import type { FaultShop } from "./fault-shop.ts";
import type { Random } from "./random.ts";

const network = (
  name: string,
  weight: number,
  damage: (proxy: FaultShop["source"], random: Random) => Promise<void>,
): FaultKind => ({
  name,
  weight,
  strike: async (shop, random) => {
    const proxies = random.pick([[shop.source], [shop.mirror], [shop.source, shop.mirror]]);
    await sleep(random.between(100, 300));
    const inFlight = await shop.inFlight();
    await Promise.all(proxies.map((proxy) => damage(proxy, random)));
    return { what: "done", inFlight };
  },
});

/** What happens between a loader and its servers. */
export const badNetwork: readonly FaultKind[] = [
  network("connections cut", 30, async (proxy, random) => {
    for (let cut = random.between(1, 4); cut > 0; cut--) {
      proxy.cut();
      await sleep(random.between(10, 300));
    }
  }),
  network("slow network", 15, async (proxy, random) => {
    proxy.delay(random.between(5, 80));
    await sleep(random.between(600, 1500));
  }),
  network("network swallows everything, then gives it back", 15, async (proxy, random) => {
    proxy.blackHole();
    await sleep(random.between(500, 3500));
    proxy.open();
  }),
  network("network swallows everything, then is cut", 15, async (proxy, random) => {
    proxy.blackHole();
    await sleep(random.between(500, 3500));
    proxy.cut();
    proxy.open();
  }),
  network("connections die without a sign", 10, async (proxy) => proxy.forget()),
  {
    name: "MongoDB slow for a minute",
    weight: 1,
    strike: async (shop, random) => {
      await sleep(random.between(100, 300));
      const inFlight = await shop.inFlight();
      shop.mirror.delay(random.between(60, 200));
      await sleep(60_000);
      shop.mirror.delay(0);
      return { what: "done", inFlight };
    },
  },
  {
    name: "loader started while its servers are away",
    weight: 10,
    strike: async (shop, random) => {
      const proxies = random.pick([[shop.source], [shop.mirror], [shop.source, shop.mirror]]);
      const inFlight = await shop.inFlight();
      await shop.stopLoaders();
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await shop.startLoader();
      // Both drivers have given up once by then.
      await sleep(random.between(3000, 5000));
      await Promise.all(proxies.map((proxy) => proxy.start()));
      return { what: "done", inFlight };
    },
  },
];
