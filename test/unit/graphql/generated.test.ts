import { readFile } from "node:fs/promises";
import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { readExamples } from "../../../src/graphql/examples.ts";
import { printProjectSchema } from "../../../src/graphql/print-schema.ts";
import project from "../../../vitrine.config.ts";

test("schema.graphql is what the models give: run `npm run generate`", async () => {
  expect(await readFile("schema.graphql", "utf8")).toBe(printProjectSchema(project));
});

test("Every example of every domain fits the schema", async () => {
  const schema = buildSchema(printProjectSchema(project));
  for (const domain of project.domains) {
    const examples = domain.examples ? await readExamples(domain.examples) : [];
    expect(examples.length, domain.name).toBeGreaterThan(0);
    for (const { name, query } of examples) expect(validate(schema, parse(query)), name).toEqual([]);
  }
});
