import { expect, test } from "vitest";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { reportEnd, startExchange } from "../../../src/graphql/report-answers.ts";
import { createLogger } from "../../../src/log.ts";

/** What the log says at level info of a request that its client left. */
function leave(role: string | null) {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger("info", { write: (line: string) => void lines.push(JSON.parse(line)) });
  const exchange = startExchange("r1", { name: "ada", role, claims: {}, expiresAt: null });
  exchange.operation = "export orders";
  exchange.isFile = true;
  exchange.readWork = () => ({ rows: 4711, ms: { live: 12 } });
  reportEnd({ metrics: createMetrics(), logger }, exchange, false);
  return lines;
}

test("who is known and leaves before the end is noted with what was read by then", () => {
  expect(leave("clerk")).toMatchObject([
    { level: "info", principal: "ada", role: "clerk", operation: "export orders", rows: 4711, left: true },
  ]);
});

test("where nobody is asked who they are, leaving is no news", () => {
  expect(leave(null)).toEqual([]);
});
