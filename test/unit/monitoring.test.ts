import { readFile } from "node:fs/promises";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderMetrics } from "../../src/reference/metrics-page.ts";

/** The labels of each metric that there is, with the series that a histogram is made of. */
const metrics = new Map<string, readonly string[]>(
  [...renderMetrics().matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*) \|/gm)].flatMap(
    ([, name = "", type, text = ""]) => {
      const labels = [...text.matchAll(/`(\w+)`/g)].map(([, label]) => `${label}`);
      const series: readonly (readonly [string, readonly string[]])[] =
        type === "histogram"
          ? [
              [`${name}_bucket`, [...labels, "le"]],
              [`${name}_sum`, labels],
              [`${name}_count`, labels],
            ]
          : [[name, labels]];
      return series;
    },
  ),
);

/** What a query of Prometheus names; broken: what its own grammar does not take. */
function readQuery(expr: string) {
  const found = { metrics: [] as string[], labels: [] as string[], broken: [] as string[] };
  parser.parse(expr).iterate({
    enter({ name, node, from, to }) {
      const text = expr.slice(from, to);
      if (node.type.isError) found.broken.push(`${expr.slice(0, from)}<here>${expr.slice(from)}`);
      if (name === "Identifier" && node.parent?.name === "VectorSelector") found.metrics.push(text);
      if (name === "LabelName") found.labels.push(text);
    },
  });
  return found;
}

/** What is wrong with a query, and with the labels that its texts name. */
function findProblems(expr: string, ...texts: readonly (string | undefined)[]): readonly string[] {
  const { metrics: named, labels, broken } = readQuery(expr);
  const known = ["instance", ...named.flatMap((name) => metrics.get(name) ?? [])];
  const shown = texts.flatMap((text = "") => [...text.matchAll(/\{\{ *(?:\$labels\.)?(\w+) *\}\}/g)]);
  return [
    ...broken,
    ...(named.length === 0 ? ["It names no metric."] : []),
    ...named.filter((name) => !metrics.has(name)).map((name) => `There is no metric ${name}.`),
    ...[...labels, ...shown.map(([, label]) => `${label}`)]
      .filter((label) => !known.includes(label))
      .map((label) => `No metric of it has the label ${label}.`),
  ];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const folder = "deploy/monitoring";
const read = (file: string) => readFile(`${folder}/${file}`, "utf8");
// Shapes that these tests then check.
const rules = parse(await read("vitrine-rules.yaml")).groups[0].rules as readonly Rule[];
const dashboard = JSON.parse(await read("grafana-dashboard.json")) as { readonly panels: readonly Panel[] };

describe("what finds mistakes in queries finds", () => {
  test.each([
    ["vitrine_mirror_lag_seconds > 10", []],
    ["vitrine_mirror_lag > 10", ["There is no metric vitrine_mirror_lag."]],
    ["sum by (modle) (vitrine_mirror_lag_seconds)", ["No metric of it has the label modle."]],
    ['vitrine_run_failures{sort="export"} > 0', ["No metric of it has the label sort."]],
    ["vitrine_mirror_lag_seconds >", [expect.stringContaining("<here>")]],
    ["1 > 0", ["It names no metric."]],
  ])("%s", (expr, problems) => {
    expect(findProblems(expr)).toEqual(problems);
  });
});

test.each(rules.map((rule) => [rule.alert, rule] as const))(
  "the rule %s is about what is measured",
  (_, rule) => {
    expect(findProblems(rule.expr, rule.annotations.summary)).toEqual([]);
    expect(rule.annotations.summary).toMatch(/[.?]$/);
  },
);

test("an export that was made once is nobody's concern", () => {
  const rule = rules.find(({ alert }) => alert === "ExportNotWritten");
  expect(readQuery(rule?.expr ?? "").labels).toEqual(["name", "kind", "name"]);
});

test("rules have names of their own, and are those that Prometheus is told to read", async () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  expect(rules.length).toBeGreaterThan(8);
  const { rule_files: files, scrape_configs: scraped } = parse(await read("prometheus.yaml"));
  expect(files).toEqual(["vitrine-rules.yaml"]);
  expect(scraped[0].metrics_path).toBe("/metrics");
});

test.each(dashboard.panels.map((panel) => [panel.title, panel] as const))(
  "the panel %s shows what is measured",
  (_, { targets }) => {
    expect(targets.flatMap(({ expr, legendFormat }) => findProblems(expr, legendFormat))).toEqual([]);
    expect(targets.length).toBeGreaterThan(0);
  },
);

test("no two panels share a number or a place", () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
});
