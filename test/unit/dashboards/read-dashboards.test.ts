import { expect, test } from "vitest";
import { readChart } from "../../../src/dashboards/read-chart.ts";
import { readDashboards } from "../../../src/dashboards/read-dashboards.ts";
import { readProjectExamples } from "../../../src/graphql/examples.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import project from "../../../vitrine.config.ts";

test("every dashboard of the project fits its schema", async () => {
  const { dashboards, faults } = await readDashboards(project, ".", createSchema(project));
  expect(faults).toEqual([]);
  expect(dashboards.map(({ name }) => name)).toEqual([
    "pos-business",
    "pos-shop-now",
    "softcart-softcart",
    "totesys-back-office",
  ]);
});

test("every chart beside an example fits the rows of its operation", async () => {
  const schema = createSchema(project);
  const drawn = (await readProjectExamples(project, ".")).filter(({ spec }) => spec !== null);
  expect(drawn.length).toBeGreaterThan(5);
  const problems = drawn.flatMap(({ name, query, spec }) => {
    const chart = readChart(schema, query, spec ?? "");
    return "spec" in chart ? [] : chart.map((problem) => `${name}: ${problem}`);
  });
  expect(problems).toEqual([]);
});
