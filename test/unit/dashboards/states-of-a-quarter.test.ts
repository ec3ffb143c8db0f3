import { readFile } from "node:fs/promises";
import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { expect, test } from "vitest";

interface Bar {
  readonly state: string;
  readonly change: number;
  readonly Direction: string;
}

/** The bars that the project's spec makes of rows. */
async function drawBars(values: readonly object[]): Promise<readonly Bar[]> {
  const spec = JSON.parse(await readFile("dashboards/pos/states-of-a-quarter.vl.json", "utf8"));
  const { spec: compiled } = compile({ ...spec, data: { name: "rows", values } } as TopLevelSpec);
  const options = { renderer: "none", expr: expressionInterpreter };
  const view = new View(parse(compiled, undefined, { ast: true } as object), options as object);
  await view.runAsync();
  const [{ from } = {}] = compiled.marks ?? [];
  const bars: readonly Bar[] = view.data((from as { readonly data: string }).data);
  view.finalize();
  return bars;
}

const row = (state: string, placedOnQuarter: string, revenue: number, yearBefore: number | null = null) => ({
  ...{ state, placedOnQuarter, revenue },
  yearBefore: yearBefore === null ? null : { revenue: yearBefore },
});

test("each state has one bar: its newest whole quarter against that of the year before, and none where sold nothing", async () => {
  const bars = await drawBars([
    row("grew", "2026-01-01", 150, 100),
    row("fell", "2026-01-01", 30, 100),
    row("came", "2026-01-01", 40),
    // Between the two quarters, and the better one at that.
    row("grew", "2025-10-01", 900),
    row("passed by", "2025-07-01", 700),
    row("grew", "2025-01-01", 100),
    row("fell", "2025-01-01", 100),
    row("went", "2025-01-01", 500),
  ]);
  expect(
    Object.fromEntries(bars.map(({ state, change, Direction }) => [state, [change, Direction]])),
  ).toEqual({
    grew: [50, "Up"],
    fell: [-70, "Down"],
    came: [40, "Up"],
    went: [-500, "Down"],
  });
  expect(bars).toHaveLength(4);
});

test("rows of no time make no bars, and no fault", async () => {
  expect(await drawBars([])).toEqual([]);
});
