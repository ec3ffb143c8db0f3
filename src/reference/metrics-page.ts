import { createMetrics } from "../graphql/metrics.ts";
import { createLoaderMetrics } from "../mirror/loader-metrics.ts";
import { code, page, table } from "./markdown.ts";

const asksNothing = () => Promise.reject(new TypeError("A page asks no database."));

/** Every metric of ours, from the registry that serves them. */
export function renderMetrics(): string {
  const meter = { of: asksNothing, status: asksNothing };
  const mirror = { models: [], meter, isMongoReachable: () => false };
  const { registry } = createMetrics({ pool: () => ({ inUse: 0, waiting: 0 }), mirror, runs: asksNothing });
  createLoaderMetrics(registry, []);
  const metrics = registry.getMetricsAsArray().filter(({ name }) => name.startsWith("vitrine_"));
  const rows = metrics
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((metric) => {
      // Every metric of prom-client has them; its types do not say so.
      const { labelNames } = metric as unknown as { readonly labelNames: readonly string[] };
      return [code(metric.name), String(metric.type), labelNames.map(code).join(", "), metric.help];
    });
  return page(
    "Metrics",
    "In Prometheus' text format at `/metrics` of `vitrine up`, of `vitrine serve` (without those of the loader) and of `vitrine mirror --port` (without those of GraphQL), beside those of Node.js. [Alerts](../how-to/operate.md#alerts) are in the guide.\n",
    table(["metric", "type", "labels", "what it says"], rows),
  );
}
