import { expect, test } from "vitest";
import type { ChangeTable } from "../../../src/core/change-tables.ts";
import { createExhausted } from "../../../src/mirror/resolve/exhausted.ts";
import { int } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

const modelOf = (name: string) =>
  defineModel({ name, typeName: `T${name}`, description: "One.", key: "id", fields: { id: int("Number.") } });
const [plants, beds, rules] = [modelOf("plants"), modelOf("beds"), modelOf("rules")];
const tableOf = (source: string, ...models: readonly string[]): ChangeTable => ({
  source,
  name: `of_${source}`,
  views: new Map(models.map((model) => [model, `${model}_touched_by_${source}`])),
});
const tables = [tableOf("plant", "plants"), tableOf("bed", "plants", "beds")];

test("a model is as far as the table of it that is least far, and no table of another counts", () => {
  const exhausted = createExhausted();
  exhausted.know(tables, 1n);
  expect([plants, beds, rules].map(exhausted.of)).toEqual([0n, 0n, 0n]);
  exhausted.note(["of_bed"], 7n);
  expect([plants, beds].map(exhausted.of)).toEqual([0n, 7n]);
  exhausted.note(["of_plant"], 9n);
  expect([plants, beds].map(exhausted.of)).toEqual([7n, 7n]);
  exhausted.note(["of_bed"], 6n);
  expect(exhausted.of(beds)).toBe(7n);
});

test("one that reads no captured table is as far as the latest cycle", () => {
  const exhausted = createExhausted();
  exhausted.know(tables, 1n);
  exhausted.note(["of_bed"], 7n);
  exhausted.note([], 8n);
  expect(exhausted.of(rules)).toBe(8n);
});

test("nothing is known any more of a source that comes back", () => {
  const exhausted = createExhausted();
  exhausted.know(tables, 1n);
  exhausted.note(["of_bed", "of_plant"], 7n);
  exhausted.forget();
  expect([plants, beds, rules].map(exhausted.of)).toEqual([0n, 0n, 0n]);
});

test("what an older snapshot showed takes no table away", () => {
  const exhausted = createExhausted();
  exhausted.know(tables, 5n);
  exhausted.note(["of_bed"], 7n);
  exhausted.know([], 4n);
  expect(exhausted.of(plants)).toBe(0n);
});
