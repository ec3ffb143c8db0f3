import { describe, expect, it } from "vitest";
import { maskOf } from "../../../src/access/masks.ts";
import { compileShow } from "../../../src/access/show-document.ts";
import { int, list, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { rightsOf } from "../../support/role-of.ts";

const model = defineModel({
  name: "parcel",
  typeName: "Parcel",
  description: "A parcel.",
  key: "parcelId",
  fields: {
    parcelId: int("Number."),
    buyer: object("Buyer", "Buyer.", {
      name: string("Name.", { pii: true }),
      phones: list("Phones.", object("Phone", "Phone.", { number: string("Number."), of: string("Of.") })),
    }),
    tags: list("Tags.", string("Tag.")),
  },
});
const whole = {
  parcelId: 1,
  buyer: {
    name: "Ada Lovelace",
    phones: [
      { number: "0431 123456", of: "home" },
      { number: "1", of: "work" },
    ],
  },
  tags: ["one of these"],
};

describe("A masked text", () => {
  it("shows its last four characters, of eight or more", () => {
    const last4 = maskOf("last4", undefined);
    expect(["12345678", "1234567", "", "👩‍🚀 12345", null].map(last4)).toEqual([
      "…5678",
      "…",
      "…",
      "…2345",
      null,
    ]);
  });

  it("is nothing, or a hash that needs the key", () => {
    expect(maskOf("null", undefined)("Ada")).toBeNull();
    const [one, other] = [maskOf("hash", "key"), maskOf("hash", "other key")];
    expect(one("Ada")).toBe(one("Ada"));
    expect(one("Ada")).toMatch(/^[\w-]{22}$/);
    expect(one("Ada")).not.toBe(one("Eva"));
    expect(one("Ada")).not.toBe(other("Ada"));
    expect(one(null)).toBeNull();
    for (const key of [undefined, ""]) expect(() => maskOf("hash", key)).toThrow("VITRINE_MASK_KEY");
  });

  it("is one at any depth, and what is hidden there is not there", () => {
    const masks = { "buyer.name": "last4", "buyer.phones.number": "null", tags: "last4" } as const;
    const show = compileShow(rightsOf({ model, hidden: ["buyer.phones.of"], masks }), undefined);
    expect(show?.(whole)).toEqual({
      parcelId: 1,
      buyer: { name: "…lace", phones: [{ number: null }, { number: null }] },
      tags: ["…hese"],
    });
    // Of fields that nobody asked for nothing is said.
    expect(show?.({ parcelId: 1 })).toEqual({ parcelId: 1 });
  });

  it("costs nothing where nothing is masked or hidden", () => {
    expect(compileShow(rightsOf({ model }), undefined)).toBeUndefined();
  });
});
