import { getOperationAST, parse } from "graphql";
import { expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { readProjectExamples } from "../../../src/graphql/examples.ts";
import { flattenRows } from "../../../src/graphql/files/flatten-rows.ts";
import { findList } from "../../../src/graphql/files/listed-operation.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import project from "../../../vitrine.config.ts";

test("every example that asks for one list has a file, and the others say why they have none", async () => {
  const schema = createSchema(project);
  const none: string[] = [];
  const examples = await readProjectExamples(project, ".");
  for (const { name, query, variables } of examples) {
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation) throw new Error(`${name} has one operation.`);
    try {
      const list = findList(schema, document, operation, JSON.parse(variables ?? "{}"));
      expect(Object.keys(flattenRows(list.fields).fields).length, name).toBeGreaterThan(0);
    } catch (error) {
      if (!(error instanceof VitrineError)) throw error;
      expect(error.message, name).toMatch(/^A file holds (?:one list|the rows of a query)/);
      none.push(name);
    }
  }
  expect(examples.length).toBeGreaterThan(50);
  expect(none.length).toBeLessThan(10);
});
