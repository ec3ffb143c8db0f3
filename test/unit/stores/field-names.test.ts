import { describe, expect, it } from "vitest";
import { int, list, object } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

describe("names of fields", () => {
  it.each(["a.b", "$a", "_id", "a-b", "__proto__"])("never reach MongoDB as %s, however deep", (name) => {
    // A computed key: as a literal, __proto__ would set the prototype.
    const fields = {
      id: int("Id."),
      parts: list("Parts.", object("Part", "A part.", { [name]: int("N.") })),
    };
    const define = () => defineModel({ name: "m", typeName: "M", description: "M.", key: "id", fields });
    expect(define).toThrow(`parts.${name}`);
  });
});
