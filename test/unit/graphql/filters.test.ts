import { describe, expect, test } from "vitest";
import { toFilter } from "../../../src/graphql/filters.ts";
import { readOrder, readPageSize } from "../../../src/graphql/paging.ts";
import { parcel } from "./shop.ts";

const refused = (read: () => unknown, message: RegExp) =>
  expect(read).toThrow(
    expect.objectContaining({ code: "BAD_INPUT", message: expect.stringMatching(message) }),
  );

describe("A where argument", () => {
  test("becomes a filter in canonical values", () => {
    expect(toFilter(parcel, { price: { gte: "5" }, not: { town: { in: ["Ulm", "Bonn"] } } })).toEqual({
      kind: "and",
      filters: [
        { kind: "compare", field: "price", operator: "gte", value: "5.00" },
        { kind: "not", filter: { kind: "in", field: "town", negated: false, values: ["Ulm", "Bonn"] } },
      ],
    });
  });

  test("may name a field as it was called before", () => {
    const renamed = {
      ...parcel,
      fields: { ...parcel.fields, town: { ...parcel.fields.town, formerly: "place" } },
    };
    const filter = { kind: "compare", field: "town", operator: "eq", value: "Ulm" };
    expect(toFilter(renamed, { place: { eq: "Ulm" } })).toEqual(filter);
  });

  test("asks for nothing when it is not there, and for nobody when `or` is empty", () => {
    expect(toFilter(parcel, undefined)).toBeNull();
    expect(toFilter(parcel, null)).toBeNull();
    expect(toFilter(parcel, { or: [] })).toEqual({ kind: "or", filters: [] });
  });

  test("that a variable without a value has emptied is refused, at any depth, instead of fitting everything", () => {
    refused(() => toFilter(parcel, {}), /^where: is empty; leave it out/);
    refused(() => toFilter(parcel, { price: { gte: "5" }, town: {} }), /^where\.town: is empty/);
    refused(() => toFilter(parcel, { or: [{ town: { eq: "Ulm" } }, {}] }), /^where\.or\[1\]: is empty/);
    refused(() => toFilter(parcel, { not: {} }), /^where\.not: is empty/);
    refused(() => toFilter(parcel, {}, "having"), /^having: is empty/);
  });

  test("knows the values of a closed set, by the texts that are stored", () => {
    expect(toFilter(parcel, { fate: { ne: "on its way" } })).toEqual({
      kind: "compare",
      field: "fate",
      operator: "ne",
      value: "on its way",
    });
    refused(
      () => toFilter(parcel, { fate: { in: ["lost", "losst"] } }),
      /^where\.fate\.in: "losst" is not one of on its way, lost\.$/,
    );
  });

  test("without regard to case may have so many characters, however many bytes these are", () => {
    for (const operator of ["equalsInsensitive", "containsInsensitive", "startsWithInsensitive"]) {
      expect(toFilter(parcel, { town: { [operator]: "𐐀".repeat(80) } })).toMatchObject({ operator });
      refused(
        () => toFilter(parcel, { town: { [operator]: "u".repeat(81) } }),
        new RegExp(`^where\\.town\\.${operator}: has more than 80 characters`),
      );
    }
    expect(toFilter(parcel, { town: { contains: "u".repeat(100_000) } })).toMatchObject({
      operator: "contains",
    });
  });

  test("names the place of a mistake", () => {
    refused(() => toFilter(parcel, { or: [{ price: { eq: "1.234" } }] }), /^where\.or\[0\]\.price\.eq: /);
    refused(() => toFilter(parcel, { town: { eq: null } }), /^where\.town\.eq: is null/);
    refused(() => toFilter(parcel, { town: null }), /^where\.town: is null/);
    refused(() => toFilter(parcel, { town: { in: Array.from({ length: 501 }, String) } }), /more than 500/);
    refused(
      () => toFilter(parcel, { and: Array.from({ length: 201 }, () => ({ town: { eq: "x" } })) }),
      /more than 200/,
    );
  });
});

describe("Paging arguments", () => {
  test("default to the first 20", () => {
    expect(readPageSize({})).toEqual({ limit: 20, fromEnd: false });
    expect(readPageSize({ last: 500 })).toEqual({ limit: 500, fromEnd: true });
    expect(readPageSize({ first: 0, last: null })).toEqual({ limit: 0, fromEnd: false });
  });

  test("are refused when negative, too large or contradictory", () => {
    refused(() => readPageSize({ first: -1 }), /^first: must be 0 to 500, not -1/);
    refused(() => readPageSize({ last: 100_000 }), /^last: /);
    refused(() => readPageSize({ first: 1, last: 1 }), /not both/);
    refused(() => readOrder(["town asc", "town desc"]), /names town twice/);
  });
});
