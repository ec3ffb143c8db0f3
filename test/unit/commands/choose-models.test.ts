import { expect, test } from "vitest";
import { chooseModels } from "../../../src/commands/choose-models.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import { modelOf } from "../models/definitions.ts";

const shop = defineDomain({
  name: "shop",
  description: "A shop.",
  models: [
    modelOf("sale", "Sale", { exportName: "fact_sales" }),
    modelOf("day", "Day"),
    modelOf("buyer", "Buyer"),
  ],
});
const project = defineProject({ sql: "sql", domains: [shop] });
const choose = (...names: readonly string[]) => chooseModels(project, names).map(({ name }) => name);

test("a model is chosen by its name or by that of its export, once, in the order of the names", () => {
  expect(choose("day", "fact_sales", "sale", "day")).toEqual(["day", "sale"]);
  expect(choose()).toEqual(["sale", "day", "buyer"]);
});

test("a name that no model has is refused with all that there are", () => {
  expect(() => choose("day", "dim_day")).toThrow(
    "There is no model dim_day. There are: sale (or fact_sales), day, buyer.",
  );
});
