import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import { awaitWrite } from "../stores/await-write.ts";
import type { FreshnessMeter } from "../stores/freshness.ts";
import { createStoreRouter } from "../stores/route.ts";
import type { Router } from "./reads.ts";

/**
 * Routes by age, after waiting a little for a write that the answer must show: only live is sure to have it.
 * The router throws MIRROR_UNAVAILABLE when MIRROR is demanded and cannot be given.
 */
export function createRouter(options: Parameters<typeof createStoreRouter>[0]): Router {
  const routeByAge = createStoreRouter(options);
  return async (model, demand) => {
    const { afterWrite, source } = demand;
    if (!afterWrite || source === "LIVE" || (await awaitWrite(options.meter, model, afterWrite)))
      return routeByAge(model, demand);
    if (source === "AUTO") return routeByAge(model, { ...demand, source: "LIVE" });
    throw new VitrineError("MIRROR_UNAVAILABLE", `The mirror of ${model.name} does not have this write yet.`);
  };
}

/** Why a query cannot be answered from the mirror of every model yet; null when it can. */
export async function readReadiness(
  meter: FreshnessMeter,
  models: readonly DocumentModel[],
): Promise<string | null> {
  for (const model of models) {
    const { unusable, incarnation } = await meter.of(model);
    if (unusable !== null) return `${model.name}: ${unusable}.`;
    if (incarnation === null) return "MariaDB cannot be reached.";
  }
  return null;
}

/** Milliseconds that the mirror of each model is behind. */
export async function readLags(
  meter: FreshnessMeter,
  models: readonly DocumentModel[],
): Promise<ReadonlyMap<string, number>> {
  const lags = await Promise.all(
    models.map(async (model) => [model.name, (await meter.of(model)).lagMs] as const),
  );
  return new Map(lags);
}
