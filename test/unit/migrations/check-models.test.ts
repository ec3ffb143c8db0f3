import { expect, test } from "vitest";
import { compareColumns, type ViewColumn } from "../../../src/migrations/check-models.ts";
import {
  bigint,
  boolean,
  date,
  dateTime,
  decimal,
  enumeration,
  type Field,
  int,
  list,
  object,
  string,
} from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

const modelOf = (value: Field) =>
  defineModel({
    name: "crate",
    typeName: "Crate",
    description: "A crate.",
    key: "crateId",
    fields: { crateId: int("Number."), isFull: value as ReturnType<typeof int> },
  });
const id: ViewColumn = { name: "crate_id", type: "int", scale: 0 };
const problemsOf = (field: Field, type: string, scale = 0) =>
  compareColumns(modelOf(field), [id, { name: "is_full", type, scale }]).map(({ message }) => message);

test.each<readonly [field: Field, type: string, scale: number, wrong: RegExp | null]>([
  [int("N."), "smallint", 0, null],
  [int("N."), "decimal", 0, null],
  [int("N."), "decimal", 2, /cast it to int/],
  [int("N."), "varchar", 0, /is varchar, and the field is int/],
  [bigint("N."), "bigint", 0, null],
  [bigint("N."), "double", 0, /cast it to bigint/],
  [decimal("N.", 2), "decimal", 2, null],
  [decimal("N.", 2), "int", 0, null],
  [decimal("N.", 2), "decimal", 4, /has 4 digits after the point, and the field 2/],
  [decimal("N.", 2), "double", 0, /cast it to decimal/],
  [boolean("B."), "tinyint", 0, null],
  [boolean("B."), "bit", 0, /tinyint/],
  [date("D."), "date", 0, null],
  [date("D."), "datetime", 0, /cast it to date/],
  [dateTime("T."), "datetime", 3, null],
  [dateTime("T."), "timestamp", 6, /finer than a millisecond/],
  [dateTime("T."), "varchar", 0, /cast it to datetime/],
  [string("S."), "enum", 0, null],
  [string("S."), "int", 0, /cast it to char/],
  [enumeration("Fate", "Fate.", { lost: "Lost." }), "varchar", 0, null],
  [enumeration("Fate", "Fate.", { lost: "Lost." }), "int", 0, /cast it to char/],
  [list("L.", int("N.")), "longtext", 0, null],
  [object("Part", "A part.", { n: int("N.") }), "int", 0, /is no JSON/],
])("%s from a column of type %s(%i)", (field, type, scale, wrong) => {
  const problems = problemsOf(field, type, scale);
  if (wrong === null) expect(problems).toEqual([]);
  else expect(problems).toEqual([expect.stringMatching(wrong)]);
});

test("names what is missing, what nobody shows, and a view that is not there", () => {
  const model = modelOf(string("S."));
  expect(compareColumns(model, [id, { name: "full", type: "text", scale: 0 }])).toEqual([
    {
      model: "crate",
      column: "is_full",
      message: "crate.is_full is missing: the view needs it for the field isFull.",
    },
    {
      model: "crate",
      column: "full",
      message: "crate.full is shown by no field: define one, or take it out of the view.",
    },
  ]);
  expect(compareColumns(model, [])).toMatchObject([
    { column: null, message: expect.stringMatching(/no view/) },
  ]);
});
