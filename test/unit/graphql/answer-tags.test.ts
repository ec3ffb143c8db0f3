import { expect, test } from "vitest";
import { createAnswerTags } from "../../../src/graphql/answer-tags.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { average, count, defineCube, sum } from "../../../src/models/cube.ts";
import { decimal, int, string } from "../../../src/models/field.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";

const question = ["{ sales(groupBy: [TOWN]) { town revenue } }"];
const versions = new Map([["sales", "same facts"]]);

/** The tags of a project whose measures count the sales of a town only, and round averages so. */
function tagsOf(town: string, scale: number) {
  const sales = defineCube({
    name: "sales",
    typeName: "Sales",
    description: "Sales.",
    key: "saleId",
    fields: {
      saleId: int("Number."),
      town: string("Where.", { filter: true }),
      price: decimal("Price.", 2, { filter: true }),
    },
    dimensions: ["town"],
    measures: {
      sold: count("How many.", { where: { town: { eq: town } } }),
      revenue: sum("price", "What they brought.", { where: { town: { eq: town } } }),
      mean: average("revenue", "sold", scale, "Of each."),
    },
  });
  const domain = defineDomain({ name: "shop", description: "A shop.", models: [sales], captured: [] });
  const schema = createSchema(defineProject({ sql: "sql", domains: [domain] }));
  return createAnswerTags(schema, [sales], async () => "same facts");
}

test("A tag holds no longer once a measure means something else, though the facts are the same", async () => {
  const tag = tagsOf("Perth", 2).make(question, versions);
  expect(await tagsOf("Perth", 2).findCurrent(question, tag)).toBe(tag);
  expect(await tagsOf("Paris", 2).findCurrent(question, tag)).toBeNull();
  expect(await tagsOf("Perth", 3).findCurrent(question, tag)).toBeNull();
});
