import { VitrineError } from "../errors.ts";
import { awaitWrite, requireNotLost } from "../freshness/await-write.ts";
import { createStoreRouter, type StoreRouterOptions } from "../freshness/route.ts";
import type { WriteToken } from "../freshness/write-token.ts";
import type { Router } from "./reads.ts";

/**
 * Routes by age, after waiting a little for a write that the answer must show: only live is sure to have it.
 * The router throws MIRROR_UNAVAILABLE when MIRROR is demanded and cannot be given, WRITE_LOST for a write that was lost.
 */
export function createRouter(options: StoreRouterOptions): Router {
  const routeByAge = createStoreRouter(options);
  const routeAfter = async (write: WriteToken, ...[model, demand, signal]: Parameters<Router>) => {
    const { source } = demand;
    if (source === "LIVE") await requireNotLost(options.meter, model, write);
    if (source === "LIVE" || (await awaitWrite(options.meter, model, write, { signal })))
      return routeByAge(model, demand);
    if (source === "AUTO") return routeByAge(model, { ...demand, source: "LIVE" });
    throw new VitrineError("MIRROR_UNAVAILABLE", `The mirror of ${model.name} does not have this write yet.`);
  };
  return (model, demand, signal) =>
    demand.afterWrite ? routeAfter(demand.afterWrite, model, demand, signal) : routeByAge(model, demand);
}
