import type { Stop } from "../support/stop-signals.ts";
import type { Finished } from "./report.ts";
import type { CycleResult } from "./run-faults.ts";

/**
 * Runs a plan on one shop, one cycle after the other. A cycle that breaks off is noted, and the next ones get a
 * shop of their own; a stop leaves the cycle that is under way, and closes what it works with.
 */
export async function runSeries<Shop extends { close(): Promise<void> }, Plan>(options: {
  readonly series: Finished;
  readonly plan: readonly Plan[];
  readonly open: () => Promise<Shop>;
  readonly cycle: (shop: Shop, one: Plan, seed: number) => Promise<CycleResult>;
  readonly seed: number;
  readonly stop: Stop;
  readonly report: (label: string, result: CycleResult) => void;
}): Promise<void> {
  const { series, plan, stop } = options;
  let shop: Shop | undefined;
  for (const [index, one] of plan.entries()) {
    if (stop.isWished()) break;
    const label = `${index + 1}/${plan.length}`;
    try {
      // Opened to the end also when a stop is wished: half of it could not be closed.
      shop ??= await options.open();
      const running = options.cycle(shop, one, options.seed * 100_000 + index);
      running.catch(() => undefined);
      const result = await Promise.race([running, stop.wished]);
      if (!result) break;
      series.results.push(result);
      options.report(label, result);
    } catch (error) {
      if (stop.isWished()) break;
      series.broken.push(`${label}: ${error instanceof Error ? error.stack : error}`);
      console.error(`${label} BROKEN OFF: ${error instanceof Error ? error.message : error}`);
      await shop?.close();
      shop = undefined;
    }
  }
  await shop?.close();
}
