import { formatSpan } from "../shared/chart/format-value.ts";
import type { Freshness } from "./runs.ts";

/** Where an answer is from, each store once, with the oldest of what was read there. */
export function describeStores(freshness: readonly Freshness[]): readonly string[] {
  return [...new Set(freshness.map(({ source }) => source))].map((source) => {
    const lags = freshness.flatMap((one) =>
      one.source === source && typeof one.lagMs === "number" ? [one.lagMs] : [],
    );
    if (source === "LIVE") return "live from MariaDB";
    const lag = lags.reduce((most, one) => Math.max(most, one), 0);
    if (lags.length === 0) return "from the mirror, its age unknown";
    if (lag === 0) return "from the mirror, up to date";
    return lag < 1000 ? `from the mirror, ${lag} ms old` : `from the mirror, ${formatSpan(lag)} old`;
  });
}
