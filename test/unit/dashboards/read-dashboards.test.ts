import { expect, test } from "vitest";
import { readDashboards } from "../../../src/dashboards/read-dashboards.ts";
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
