import { Gauge, type Registry } from "prom-client";
import { type Alert, alertKinds, readRaisedAlerts } from "../core/alerts.ts";
import { type RunSummary, readRunSummaries } from "../core/read-runs.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** What the gauges of runs and alerts show. */
export interface RunReport {
  readonly summaries: readonly RunSummary[];
  readonly alerts: readonly Alert[];
}

/** Null when the database cannot be asked just now. */
export type ReadRunReport = () => Promise<RunReport | null>;

/** Gauges that are read together share one look. */
const SHARED_FOR_MS = 1000;

/** Looks into the run log, once for all who ask within a second. */
export function createRunReport(db: Pick<Queryable, "query">): ReadRunReport {
  let last: { readonly at: number; readonly report: Promise<RunReport | null> } | undefined;
  const read = async () => {
    const [summaries, alerts] = await Promise.all([readRunSummaries(db), readRaisedAlerts(db)]);
    return { summaries, alerts };
  };
  return () => {
    if (!last || performance.now() - last.at > SHARED_FOR_MS)
      last = { at: performance.now(), report: read().catch(() => null) };
    return last.report;
  };
}

/** Registers gauges of runs and alerts. While the database cannot be asked they are left out, for they would be those of long ago. */
export function addRunGauges(registry: Registry, readReport: ReadRunReport): void {
  const perRun = (name: string, help: string, read: (summary: RunSummary) => number | null) =>
    new Gauge({
      name,
      help,
      labelNames: ["kind", "name"],
      registers: [registry],
      async collect() {
        this.reset();
        for (const summary of (await readReport())?.summaries ?? []) {
          const value = read(summary);
          if (value !== null) this.set({ kind: summary.kind, name: summary.name }, value);
        }
      },
    });
  perRun(
    "vitrine_run_last_success_timestamp_seconds",
    "End of the latest run of a kind and name that succeeded, seconds since 1970.",
    ({ succeededAt }) => succeededAt,
  );
  perRun("vitrine_run_last_success_seconds", "How long that run took.", ({ seconds }) => seconds);
  perRun(
    "vitrine_run_last_failure_timestamp_seconds",
    "When the latest of the last 24 hours that failed ended, or was heard of last, seconds since 1970.",
    ({ failedAt }) => failedAt,
  );
  perRun(
    "vitrine_run_failures",
    "Runs of a kind and name that failed or were lost in the last 24 hours.",
    ({ failures }) => failures,
  );
  new Gauge({
    name: "vitrine_alerts_raised",
    help: "Alerts of a kind that go on.",
    labelNames: ["kind"],
    registers: [registry],
    async collect() {
      this.reset();
      const report = await readReport();
      if (report === null) return;
      for (const kind of alertKinds)
        this.set({ kind }, report.alerts.filter((alert) => alert.kind === kind).length);
    },
  });
}
