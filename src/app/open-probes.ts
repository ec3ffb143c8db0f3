import { collectDefaultMetrics, Registry } from "prom-client";
import { createFreshness } from "../freshness/freshness.ts";
import type { DocumentModel } from "../models/model.ts";
import { createHostRule } from "../monitor/allowed-hosts.ts";
import { createDeparture } from "../monitor/departure.ts";
import { addMirrorGauges, readReadiness, readServing } from "../monitor/mirror-gauges.ts";
import { addRunGauges, createRunReport } from "../monitor/run-gauges.ts";
import { type ProbeServer, serveProbes } from "../monitor/serve-probes.ts";
import type { App } from "./open-app.ts";

/**
 * Serves the health and the metrics of a loader of these models that has no gateway beside it, on the app's host and port; whoever
 * runs in this process adds to `registry` what it counts. @throws VitrineError PORT_IN_USE
 */
export async function openProbes(
  app: App,
  models: readonly DocumentModel[],
): Promise<ProbeServer & { readonly registry: Registry }> {
  const { reader, mongo, config, logger } = app;
  const meter = createFreshness(reader, mongo, models);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const look = { models, meter, isMongoReachable: mongo.isReachable };
  addMirrorGauges(registry, look);
  addRunGauges(registry, createRunReport(reader));
  const { host, port, allowedHosts } = config;
  const hosts = createHostRule(host, allowedHosts);
  const watched = {
    registry,
    readiness: () => readReadiness(meter, models),
    serving: () => readServing(look),
    // Nobody is served by a loader: it needs no notice.
    departure: createDeparture(0),
  };
  return { registry, ...(await serveProbes({ ...watched, host, port, hosts, logger })) };
}
