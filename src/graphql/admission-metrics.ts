import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What is counted of work that is let in, waits, or is sent away. */
export interface AdmissionMetrics {
  /** Sent away: too many waited, it had waited too long, or its client had used up what its role allows. */
  refused(reason: "full" | "late" | "budget"): void;
  /** One had to wait before it began, or left. */
  waited(seconds: number): void;
  /** Whom to ask how much there is. */
  observe(look: () => { readonly running: number; readonly waiting: number }): void;
}

/** Adds the metrics of admission to a registry. */
export function createAdmissionMetrics(registry: Registry): AdmissionMetrics {
  const registers = [registry];
  const refusals = new Counter({
    name: "vitrine_admission_refused_total",
    help: "Operations that were sent away, to come again later: too many waited (full), it had waited too long (late), or its client had used up what its role allows (budget).",
    labelNames: ["reason"],
    registers,
  });
  const waits = new Histogram({
    name: "vitrine_admission_wait_seconds",
    help: "How long operations waited that could not begin at once.",
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  let look = () => ({ running: 0, waiting: 0 });
  new Gauge({
    name: "vitrine_admission_operations",
    help: "Operations under way, and those that wait for them.",
    labelNames: ["state"],
    registers,
    collect() {
      const { running, waiting } = look();
      this.set({ state: "running" }, running);
      this.set({ state: "waiting" }, waiting);
    },
  });
  return {
    refused: (reason) => refusals.inc({ reason }),
    waited: (seconds) => waits.observe(seconds),
    observe(ask) {
      look = ask;
    },
  };
}
