import { expect, test } from "vitest";
import { int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import type { Filter } from "../../../src/stores/document-store.ts";
import { describeCommand } from "../../../src/stores/mongodb/command-text.ts";
import { toMirrorFilter } from "../../../src/stores/mongodb/mirror-filter.ts";

const person = defineModel({
  name: "person",
  typeName: "Person",
  description: "A person.",
  key: "personId",
  fields: { personId: int("Number."), name: string("Name.", { filter: true, pii: true }) },
});

const compare = (operator: Extract<Filter, { kind: "compare" }>["operator"], value: string): Filter => ({
  kind: "compare",
  field: "name",
  operator,
  value,
});

test("No statement shows what a personal field is compared with, though it looks like a path", () => {
  const secret = "$Smith";
  const filters: readonly Filter[] = [
    compare("eq", secret),
    compare("startsWith", secret),
    compare("contains", secret),
    // Too long for a pattern: an expression.
    compare("contains", secret.repeat(200)),
    { kind: "in", field: "name", values: [secret, "Smith"], negated: false },
    { kind: "not", filter: compare("gt", secret) },
    { kind: "or", filters: [compare("lt", secret), compare("equalsInsensitive", secret)] },
  ];
  for (const filter of filters) {
    const match = toMirrorFilter(person, filter);
    for (const command of [{ filter: match }, { stages: [{ $match: match }] }]) {
      const { text, values } = describeCommand(person, { collection: "person", ...command }, ["name"]);
      expect(text).not.toContain("Smith");
      expect(text).toContain("name");
      expect(values).toBeNull();
    }
  }
});

test("The paths of an expression are told", () => {
  const filter = toMirrorFilter(person, compare("contains", "Smith".repeat(200)));
  expect(describeCommand(person, { collection: "person", filter }, ["name"]).text).toBe(
    'db.getCollection("person").find({"$expr":{"$gte":[{"$indexOfBytes":["$name",{"$literal":"?"}]},"?"]}})',
  );
});
