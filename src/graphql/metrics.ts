import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { addMirrorGauges, type MirrorLook } from "../monitor/mirror-gauges.ts";
import { addRunGauges, type ReadRunReport } from "../monitor/run-gauges.ts";
import { type AdmissionMetrics, createAdmissionMetrics } from "./admission-metrics.ts";
import { createLiveCubeMetrics, type LiveCubeMetrics } from "./live-cube-metrics.ts";
import type { FreshnessEntry } from "./reads.ts";

/** How many operation names get a series of their own; the rest share `other`, since clients choose the names. */
const MAX_OPERATIONS = 100;

/** What the server counts and measures, in Prometheus' text format. */
export interface Metrics {
  readonly registry: Registry;
  /** One GraphQL operation answered. */
  operation(name: string | undefined, seconds: number, failed: boolean): void;
  error(code: string, count: number): void;
  /** One model answered for one root field. */
  read(entry: FreshnessEntry): void;
  fallback(model: string): void;
  /** Questions to cubes that are followed. */
  readonly liveCubes: LiveCubeMetrics;
  /** Work that is let in, waits, or is sent away. */
  readonly admission: AdmissionMetrics;
}

/** What is measured when somebody looks. */
export interface Gauges {
  /** The pool that answers queries. */
  readonly pool: () => { readonly inUse: number; readonly waiting: number };
  readonly mirror: MirrorLook;
  readonly runs: ReadRunReport;
}

/** Creates the metrics of one server. */
export function createMetrics(gauges?: Gauges): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const operations = new Histogram({
    name: "vitrine_graphql_operation_seconds",
    help: "Time from request to answer (of a subscription: to its first event), per operation name; without files.",
    labelNames: ["operation", "outcome"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const errors = new Counter({
    name: "vitrine_graphql_errors_total",
    help: "Errors sent to clients, per code of the catalogue.",
    labelNames: ["code"],
    registers,
  });
  const reads = new Counter({
    name: "vitrine_graphql_reads_total",
    help: "Root fields and linked models answered, per model and store.",
    labelNames: ["model", "store"],
    registers,
  });
  const fallbacks = new Counter({
    name: "vitrine_graphql_fallbacks_total",
    help: "Reads under AUTO that left a failing mirror for live.",
    labelNames: ["model"],
    registers,
  });
  if (gauges) {
    addMirrorGauges(registry, gauges.mirror);
    addRunGauges(registry, gauges.runs);
    new Gauge({
      name: "vitrine_mariadb_pool_connections",
      help: "Connections of the pool that answers queries: in use, and requests waiting for one.",
      labelNames: ["state"],
      registers,
      collect() {
        const { inUse, waiting } = gauges.pool();
        this.set({ state: "in_use" }, inUse);
        this.set({ state: "waiting" }, waiting);
      },
    });
  }
  const names = new Set<string>();
  const nameOf = (name: string | undefined) => {
    if (name === undefined) return "anonymous";
    if (names.size < MAX_OPERATIONS) names.add(name);
    return names.has(name) ? name : "other";
  };
  return {
    registry,
    operation: (name, seconds, failed) =>
      operations.observe({ operation: nameOf(name), outcome: failed ? "error" : "ok" }, seconds),
    error: (code, count) => errors.inc({ code }, count),
    read: ({ model, source }) => reads.inc({ model, store: source === "LIVE" ? "live" : "mirror" }),
    fallback: (model) => fallbacks.inc({ model }),
    liveCubes: createLiveCubeMetrics(registry),
    admission: createAdmissionMetrics(registry),
  };
}
