import { createFreshness } from "../../src/freshness/freshness.ts";
import { createStoreRouter, type StoreDemand, type StoreRoute } from "../../src/freshness/route.ts";
import type { Document, DocumentModel } from "../../src/models/model.ts";
import { createLiveStore } from "../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../src/stores/mongodb/mirror-store.ts";
import type { MirrorShop } from "./mirror-shop.ts";

/** One order, as a gateway with some definition of it answers. */
export interface Answer {
  readonly route: StoreRoute;
  readonly document: Document | undefined;
}

export type Ask = (source: StoreDemand["source"], maxStalenessMs?: number) => Promise<Answer>;

/** A gateway with a definition of its own: routes by the age of the mirror, and reads where that says. */
export function openReader(shop: MirrorShop, model: DocumentModel, id: string): Ask {
  const stores = { live: createLiveStore(shop.db), mirror: createMirrorStore(shop.mongo) };
  const route = createStoreRouter({
    meter: createFreshness(shop.db, shop.mongo, [model]),
    mirrorReachable: () => true,
    defaultMaxStalenessMs: 5000,
  });
  return async (source, maxStalenessMs) => {
    const chosen = await route(model, { source, maxStalenessMs });
    const found = await stores[chosen.store].findByIds(model, [id], { collection: chosen.collection });
    return { route: chosen, document: found.get(id) };
  };
}

/** Raises the quantity of one line of an order until it is stopped, and remembers when each was committed. */
export function startCounting(shop: MirrorShop, order: number) {
  const committed: { readonly at: number; readonly quantity: number }[] = [];
  let isStopped = false;
  const running = (async () => {
    await shop.db.run("update product set available_quantity = 1000000 where product_id = 1");
    for (let quantity = 1; !isStopped; quantity++) {
      await shop.db.run("update orderline set quantity = ? where order_id = ? and product_id = 1", [
        quantity,
        order,
      ]);
      committed.push({ at: Date.now(), quantity });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    /** The least quantity that an answer may show that is as of this moment. */
    since: (asOf: string) => committed.findLast(({ at }) => at < Date.parse(asOf))?.quantity ?? 0,
    count: () => committed.length,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

/** Asks again and again; `problems` are errors and answers that are wrong by what was promised for them. */
export function watchReader(
  ask: () => Promise<Answer>,
  counting: ReturnType<typeof startCounting>,
  fields: DocumentModel["fields"],
) {
  const problems: string[] = [];
  const stores: string[] = [];
  let isStopped = false;
  const names = Object.entries(fields).flatMap(([name, field]) => (field.kind === "link" ? [] : [name]));
  const running = (async () => {
    while (!isStopped) {
      try {
        const { route, document } = await ask();
        const collection = route.store === "live" ? "live" : String(route.collection);
        if (stores.at(-1) !== collection) stores.push(collection);
        const items = document?.items as readonly { productId: unknown; quantity: number }[] | undefined;
        const shown = items?.find(({ productId }) => String(productId) === "1")?.quantity ?? -1;
        // Live is as of the read, and says when it was routed.
        const least = counting.since(route.freshness.asOf);
        if (shown < least) problems.push(`${collection} shows ${shown} as of a moment with ${least}`);
        if (Object.keys(document ?? {}).join() !== names.join())
          problems.push(`${collection} has other fields`);
      } catch (error) {
        problems.push(String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    problems,
    /** What answered, in turn. */
    stores,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
