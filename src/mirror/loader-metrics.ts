import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { DocumentModel } from "../models/model.ts";
import type { OnLoaderEvent } from "./events.ts";

/**
 * Registers counters of what a loader does; hand it the loader's events. All series of these models are there
 * from the start, with 0: else the first defect would be no increase.
 */
export function createLoaderMetrics(registry: Registry, models: readonly DocumentModel[]): OnLoaderEvent {
  const metrics = createMetrics([registry]);
  const { changes, documents, batches, rebuilds, forgotten, failures, captures, compared, defects } = metrics;
  for (const outcome of ["resolved", "dropped"]) changes.inc({ outcome }, 0);
  for (const scope of ["capture", "identity", "resolver"]) failures.inc({ scope }, 0);
  for (const { name: model } of models) {
    for (const counter of [rebuilds, forgotten, compared, defects]) counter.inc({ model }, 0);
    for (const outcome of ["written", "skipped", "rejected"])
      documents.inc({ model, work: "changes", outcome }, 0);
  }
  return (event) => {
    switch (event.type) {
      case "resolved":
        return changes.inc({ outcome: "resolved" }, event.changes);
      case "dropped":
        return changes.inc({ outcome: "dropped" }, event.changes);
      case "applied": {
        const { model, kind: work } = event;
        const outcomes = { written: event.written, skipped: event.skipped, rejected: event.rejected };
        for (const [outcome, count] of Object.entries(outcomes))
          documents.inc({ model, work, outcome }, count);
        return batches.observe({ model, work }, event.ms / 1000);
      }
      case "rebuilt":
        return rebuilds.inc({ model: event.model });
      case "forgotten":
        return forgotten.inc({ model: event.model });
      case "failed":
        return failures.inc({ scope: event.scope });
      case "guarded":
        return captures.set(event.capture === null ? 0 : 1);
      case "verified": {
        const { model } = event;
        compared.inc({ model }, event.checked);
        return defects.inc({ model }, event.defects);
      }
    }
  };
}

function createMetrics(registers: Registry[]) {
  const changes = new Counter({
    name: "vitrine_loader_changes_total",
    help: "Captured changes that were resolved to documents, or dropped because every model is rebuilt.",
    labelNames: ["outcome"],
    registers,
  });
  const documents = new Counter({
    name: "vitrine_loader_documents_total",
    help: "Documents evaluated: written, skipped because the mirror had a newer version, or rejected.",
    labelNames: ["model", "work", "outcome"],
    registers,
  });
  const batches = new Histogram({
    name: "vitrine_loader_batch_seconds",
    help: "From the opening of a batch's snapshot to its acknowledgement.",
    labelNames: ["model", "work"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers,
  });
  const rebuilds = new Counter({
    name: "vitrine_loader_rebuilds_total",
    help: "Rebuilds completed.",
    labelNames: ["model"],
    registers,
  });
  const forgotten = new Counter({
    name: "vitrine_loader_forgotten_queues_total",
    help: "Queues that had outgrown their model, and were replaced by a rebuild.",
    labelNames: ["model"],
    registers,
  });
  const failures = new Counter({
    name: "vitrine_loader_failures_total",
    help: "Work that failed and is tried again. The scope is a model or a part of the loader; the log has the reason.",
    labelNames: ["scope"],
    registers,
  });
  const captures = new Gauge({
    name: "vitrine_loader_capture_problem",
    help: "1 when triggers that capture changes were missing, or made anew, at the last look of this loader; else 0.",
    registers,
  });
  const compared = new Counter({
    name: "vitrine_verified_documents_total",
    help: "Documents that the verifier compared with their view.",
    labelNames: ["model"],
    registers,
  });
  const defects = new Counter({
    name: "vitrine_verified_defects_total",
    help: "Documents that the verifier proved wrong, and had written anew.",
    labelNames: ["model"],
    registers,
  });
  return { changes, documents, batches, rebuilds, forgotten, failures, captures, compared, defects };
}
