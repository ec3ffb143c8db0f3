import { expect, test } from "vitest";
import { int, list, object, string } from "../../../src/models/field.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import { describeRefusal } from "../../../src/stores/mariadb/read-refusal.ts";

const plant = defineProcedure({
  name: "plant",
  description: "Plants.",
  kind: "mutation",
  arguments: {
    bedId: int("Where."),
    note: string("Why.", { nullable: true }),
    plants: list(
      "What.",
      object("Planting", "Plants of a kind.", { kindCode: string("Kind."), pieces: int("How many.") }),
    ),
  },
  result: {},
});
const args = {
  bedId: 3,
  note: null,
  plants: [
    { kindCode: "rose", pieces: 1 },
    { kindCode: "7", pieces: 2 },
  ],
};

test.each([
  ["nothing", "", "", {}],
  ["an argument", "bed_id", "bed_id = 3", { bedId: 3, field: "bedId" }],
  [
    "an id as the argument's kind has it",
    "pieces",
    "kind_code = 7",
    { kindCode: "7", field: "plants[1].pieces" },
  ],
  [
    "two ids",
    "pieces",
    "bed_id = 3 and kind_code = rose",
    { bedId: 3, kindCode: "rose", field: "plants[0].pieces" },
  ],
  ["an id of no item", "pieces", "kind_code = tulip", { kindCode: "tulip" }],
  ["an item without its id", "pieces", "", {}],
  ["a column that is no argument", "made_at", "pot_id = 9", { potId: "9" }],
  ["a list as a whole", "plants", "", { field: "plants" }],
  ["what is no row", "note", "a constraint of the table", { field: "note" }],
])("a refusal that names %s is told so", (_name, column, row, expected) => {
  expect(describeRefusal({ column, row }, plant, args)).toEqual(expected);
});
