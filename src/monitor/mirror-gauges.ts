import { Gauge, type Registry } from "prom-client";
import type { SourceStatus } from "../core/source-status.ts";
import type { FreshnessMeter } from "../freshness/freshness.ts";
import type { DocumentModel } from "../models/model.ts";

/** Where the gauges look. */
export interface MirrorLook {
  readonly models: readonly DocumentModel[];
  readonly meter: FreshnessMeter;
  readonly isMongoReachable: () => boolean;
}

/**
 * Registers gauges of how the mirror is, measured when somebody looks, by the look that queries share. While
 * MariaDB cannot be asked only the lag is told, which then grows: the others would be those of long ago.
 */
export function addMirrorGauges(registry: Registry, { models, meter, isMongoReachable }: MirrorLook): void {
  const registers = [registry];
  const perModel = (
    name: string,
    help: string,
    read: (status: SourceStatus, unusable: string | null) => number,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ["model"],
      registers,
      async collect() {
        this.reset();
        for (const [status, unusable] of await readStatuses())
          this.set({ model: status.model }, read(status, unusable));
      },
    });
  const readStatuses = async () => {
    const known: (readonly [SourceStatus, string | null])[] = [];
    for (const model of models) {
      const status = await meter.status(model);
      if (status !== null) known.push([status, (await meter.of(model)).unusable]);
    }
    return known;
  };
  new Gauge({
    name: "vitrine_mariadb_up",
    help: "1 when MariaDB told how the mirror is, at the last look; else 0.",
    registers,
    async collect() {
      const [model] = models;
      if (model) this.set((await meter.of(model)).isCurrent ? 1 : 0);
    },
  });
  new Gauge({
    name: "vitrine_mongodb_up",
    help: "1 when MongoDB could be reached, at the last look; else 0.",
    registers,
    collect() {
      this.set(isMongoReachable() ? 1 : 0);
    },
  });
  new Gauge({
    name: "vitrine_mirror_lag_seconds",
    help: "Age of the oldest committed change that the mirror of a model may lack.",
    labelNames: ["model"],
    registers,
    async collect() {
      for (const model of models) this.set({ model: model.name }, (await meter.of(model)).lagMs / 1000);
    },
  });
  perModel(
    "vitrine_mirror_pending_changes",
    "Changes not looked at yet (of any model, counted up to 10,000) and documents of the model that wait.",
    (status) => status.pendingChanges,
  );
  perModel(
    "vitrine_mirror_rejected_documents",
    "Documents rejected because they could not be built or stored.",
    (status) => status.rejected,
  );
  perModel(
    "vitrine_mirror_usable",
    "1 when queries may read the mirror of the model: it is complete, of this definition, and no older copy; else 0.",
    (_, unusable) => (unusable === null ? 1 : 0),
  );
  new Gauge({
    name: "vitrine_mirror_rebuild_state",
    help: "1 for the state that the rebuild of a model is in, 0 for the others.",
    labelNames: ["model", "state"],
    registers,
    async collect() {
      this.reset();
      for (const [{ model, rebuild }] of await readStatuses())
        for (const state of ["needed", "running", "done"] as const)
          this.set({ model, state }, rebuild === state ? 1 : 0);
    },
  });
}

/**
 * Why no query about some model can be answered, from whichever store; null when all can. A mirror that is being rebuilt, or a
 * MariaDB that is away, is no reason as long as the other store is there: every gateway would leave its balancer at once.
 */
export async function readServing({ meter, models, isMongoReachable }: MirrorLook): Promise<string | null> {
  for (const model of models) {
    const { isCurrent, unusable } = await meter.of(model);
    if (isCurrent) return null;
    if (!isMongoReachable()) return "Neither MariaDB nor MongoDB can be reached.";
    if (unusable !== null) return `MariaDB cannot be reached, and the mirror of ${model.name}: ${unusable}.`;
  }
  return null;
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
