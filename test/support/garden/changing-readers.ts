import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createStoreRouter, type StoreDemand, type StoreRoute } from "../../../src/freshness/route.ts";
import type { Document, DocumentModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import type { TestMirror } from "../open-mirror.ts";

/** One plant, as a gateway with some definition of it answers. */
export interface Answer {
  readonly route: StoreRoute;
  readonly document: Document | undefined;
}

export type Ask = (source: StoreDemand["source"], maxStalenessMs?: number) => Promise<Answer>;

/** A gateway with a definition of its own: routes by the age of the mirror, and reads where that says. */
export function openReader(garden: TestMirror, model: DocumentModel, id: string): Ask {
  const stores = { live: createLiveStore(garden.db), mirror: createMirrorStore(garden.mongo) };
  const route = createStoreRouter({
    meter: createFreshness(garden.db, garden.mongo, [model]),
    mirrorReachable: () => true,
    defaultMaxStalenessMs: 5000,
  });
  return async (source, maxStalenessMs) => {
    const chosen = await route(model, { source, maxStalenessMs });
    const found = await stores[chosen.store].findByIds(model, [id], { collection: chosen.collection });
    return { route: chosen, document: found.get(id) };
  };
}

/** Raises the height of one plant until it is stopped, and remembers when each was committed. */
export function startCounting(garden: TestMirror, plantId: number) {
  const committed: { readonly at: number; readonly height: number }[] = [];
  let isStopped = false;
  const running = (async () => {
    for (let height = 1; !isStopped; height++) {
      await garden.db.run("update plant set height = ? where plant_id = ?", [height, plantId]);
      committed.push({ at: Date.now(), height });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    /** The least height that an answer may show that is as of this moment. */
    since: (asOf: string) => committed.findLast(({ at }) => at < Date.parse(asOf))?.height ?? 0,
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
        const shown = Number(document?.height ?? -1);
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
