import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCursorCodec } from "../../../src/graphql/cursors.ts";
import { parcel, person } from "./shop.ts";

const refused = (read: () => unknown) => expect(read).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
const byPrice = [
  { field: "price", direction: "asc" as const },
  { field: "town", direction: "desc" as const },
];

describe("A cursor", () => {
  test("brings back the place of its document, nulls included", () => {
    const codec = createCursorCodec(parcel, byPrice);
    const price = fc.option(fc.nat().map((n) => `${n}.50`));
    fc.assert(
      fc.property(price, fc.string({ unit: "grapheme" }), fc.nat(1e9), (price, town, parcelId) => {
        expect(codec.decode(codec.encode({ price, town, parcelId }))).toEqual([price, town, parcelId]);
      }),
    );
  });

  test("is refused in another order, by another model, and when it is none", () => {
    const cursor = createCursorCodec(parcel, byPrice).encode({ price: null, town: "Ulm", parcelId: 1 });
    refused(() => createCursorCodec(parcel, []).decode(cursor));
    refused(() => createCursorCodec(parcel, [...byPrice].reverse()).decode(cursor));
    refused(() =>
      createCursorCodec(person, []).decode(createCursorCodec(parcel, []).encode({ parcelId: 1 })),
    );
    for (const text of [
      "",
      "x",
      "W10",
      `${cursor}=`,
      `${cursor} `,
      cursor.slice(1),
      Buffer.from("{}").toString("base64url"),
    ])
      refused(() => createCursorCodec(parcel, byPrice).decode(text));
  });

  test("is refused when its values were tampered with", () => {
    const codec = createCursorCodec(parcel, byPrice);
    const forge = (place: unknown[]) => {
      const [bond] = JSON.parse(Buffer.from(codec.encode({}), "base64url").toString()) as unknown[];
      return Buffer.from(JSON.stringify([bond, ...place])).toString("base64url");
    };
    expect(codec.decode(forge(["1.00", "Ulm", 1]))).toEqual(["1.00", "Ulm", 1]);
    // The place of a row that is no document: null where the model says never.
    expect(codec.decode(forge(["1.00", null, 1]))).toEqual(["1.00", null, 1]);
    refused(() => codec.decode(forge(["1.00", "Ulm", null])));
    refused(() => codec.decode(forge(["1.00", { $gt: "" }, 1])));
    refused(() => codec.decode(forge(["1 or 1", "Ulm", 1])));
    refused(() => codec.decode(forge(["1.00", "Ulm"])));
  });
});
