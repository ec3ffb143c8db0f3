import { expect, test } from "vitest";
import type { Leaf, Shape } from "../../../src/derive/json-shape.ts";
import type { ServerType } from "../../../src/derive/read-shapes.ts";
import { findWrongParts } from "../../../src/migrations/check-parts.ts";
import { boolean, date, decimal, type Field, int, list, object, string } from "../../../src/models/field.ts";

const leaf = (sql: string, more: Partial<Leaf> = {}): Leaf => ({
  ...{ kind: "leaf", nulls: "never", sql, base: null, truth: "no", moment: null },
  ...more,
});
const objectOf = (members: Readonly<Record<string, Shape>>): Shape => ({
  ...{ kind: "object", nulls: "never" },
  members: Object.entries(members).map(([name, shape]) => ({ name, shape })),
});
const listOf = (item: Shape | null, nulls: Shape["nulls"] = "never"): Shape => ({
  kind: "list",
  nulls,
  item,
});

/** A leaf is called after its type. */
const typeOf = ({ sql }: Leaf): ServerType => ({
  ...{ dataType: sql, columnType: sql, precision: 10, scale: sql === "decimal" ? 4 : 0, timeDigits: 0 },
});
const wrong = (field: Field, shape: Shape) => findWrongParts(field, shape, typeOf, "crate.parts");

const part = object("Part", "A part.", { n: int("N."), name: string("Name.") });

test.each<readonly [what: string, field: Field, shape: Shape, says: readonly RegExp[]]>([
  ["an object as it is", part, objectOf({ n: leaf("int"), name: leaf("varchar") }), []],
  ["a key that is missing", part, objectOf({ n: leaf("int") }), [/^crate\.parts\.name is missing: add it/]],
  [
    "a key more, while a field is added",
    part,
    objectOf({ n: leaf("int"), name: leaf("text"), x: leaf("int") }),
    [],
  ],
  [
    "a key that no field can have",
    part,
    objectOf({ n: leaf("int"), name: leaf("text"), a_b: leaf("int") }),
    [/has the key a_b, which no field can have/],
  ],
  ["a list for an object", part, listOf(leaf("int")), [/is a list, and the field an object/]],
  [
    "an object for a list",
    list("L.", int("N.")),
    objectOf({ n: leaf("int") }),
    [/is an object, and the field a list/],
  ],
  ["an empty list", list("L.", int("N.")), listOf(null), []],
  [
    "a list that may be null",
    list("L.", int("N.")),
    listOf(leaf("int"), "maybe"),
    [/is null when it is empty.*coalesce/],
  ],
  [
    "items of another kind",
    list("L.", int("N.")),
    listOf(leaf("varchar")),
    [/is varchar, and the field is int/],
  ],
  ["an object for a number", int("N."), objectOf({ n: leaf("int") }), [/is an object, and the field int/]],
  ["a float", decimal("N.", 2), leaf("double"), [/cast it to an exact number/]],
  ["a computed number, which may have fewer digits than its type", decimal("N.", 2), leaf("decimal"), []],
  ["a number for a text", string("S."), leaf("int"), [/is int, and the field is string: make it a text/]],
  ["a number for a boolean", boolean("B."), leaf("tinyint"), [/compare it/]],
  ["true and false", boolean("B."), leaf("int", { truth: "plain" }), []],
  [
    "true and false for a number",
    int("N."),
    leaf("int", { truth: "plain" }),
    [/is true or false, and the field is int/],
  ],
  ["what a view may keep as a number", int("N."), leaf("int", { truth: "stored" }), []],
  ["a text that may be a day", date("D."), leaf("varchar"), []],
  ["JSON that is not understood", part, { kind: "unknown", nulls: "maybe", reason: "JSON" }, []],
])("%s", (_, field, shape, says) => {
  expect(wrong(field, shape)).toEqual(says.map((one) => expect.stringMatching(one)));
});
