import { expect, test } from "vitest";
import { int } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { toMirrorExpression } from "../../../src/stores/mongodb/mirror-filter.ts";

const cells = defineModel({
  ...{ name: "cell", typeName: "Cell", description: "Cells of a table.", key: ["x", "y"] },
  fields: { x: int("Column."), y: int("Row.") },
});

test("a condition of a measure on a made key compares its text, as the fact has it beside `_id`", () => {
  const filter = { kind: "compare", field: cells.key, operator: "eq", value: "1~2" } as const;
  expect(toMirrorExpression(cells, filter)).toEqual({ $eq: [`$${cells.key}`, { $literal: "1~2" }] });
  expect(
    toMirrorExpression(cells, { kind: "in", field: cells.key, values: ["1~2"], negated: false }),
  ).toEqual({
    $in: [`$${cells.key}`, [{ $literal: "1~2" }]],
  });
});
