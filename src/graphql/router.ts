import { VitrineError } from "../errors.ts";
import { awaitWrite, requireNotLost } from "../freshness/await-write.ts";
import { createStoreRouter } from "../freshness/route.ts";
import type { Router } from "./reads.ts";

/**
 * Routes by age, after waiting a little for a write that the answer must show: only live is sure to have it.
 * The router throws MIRROR_UNAVAILABLE when MIRROR is demanded and cannot be given, WRITE_LOST for a write that was lost.
 */
export function createRouter(options: Parameters<typeof createStoreRouter>[0]): Router {
  const routeByAge = createStoreRouter(options);
  return async (model, demand, signal) => {
    const { afterWrite, source } = demand;
    if (afterWrite && source === "LIVE") await requireNotLost(options.meter, model, afterWrite);
    if (!afterWrite || source === "LIVE" || (await awaitWrite(options.meter, model, afterWrite, { signal })))
      return routeByAge(model, demand);
    if (source === "AUTO") return routeByAge(model, { ...demand, source: "LIVE" });
    throw new VitrineError("MIRROR_UNAVAILABLE", `The mirror of ${model.name} does not have this write yet.`);
  };
}
