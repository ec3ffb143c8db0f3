import { Decimal128, Long } from "mongodb";
import { expect, test } from "vitest";
import { average, count, defineCube, sum } from "../../../src/models/cube.ts";
import { bigint, decimal, int } from "../../../src/models/field.ts";
import type { CubeQuery } from "../../../src/stores/cube-store.ts";
import { fromMirrorCube } from "../../../src/stores/mongodb/mirror-cube.ts";

const parcels = defineCube({
  name: "parcel",
  typeName: "Parcel",
  description: "Parcels.",
  key: "parcelId",
  fields: {
    parcelId: int("Number.", { filter: true }),
    grams: bigint("Weight.", { filter: true }),
    price: decimal("Price.", 2, { filter: true }),
  },
  dimensions: [],
  measures: {
    parcels: count("Parcels."),
    grams: sum("grams", "Weight."),
    price: sum("price", "Price."),
    perParcel: average("price", "parcels", 2, "Price of one."),
  },
});
const query: CubeQuery = {
  ...{ sets: [[]], measures: ["grams", "price", "perParcel"], where: null, having: null, orderBy: [] },
  ...{ limit: 10, withTies: false },
};
async function* found(measures: Readonly<Record<string, unknown>>) {
  yield { _s: 0, parcels: 2, grams: 1, price: Decimal128.fromString("1.00"), ...measures };
}

test("sums are read as they are, up to the last digit that a store has", async () => {
  const [row] = await fromMirrorCube(
    parcels,
    query,
    found({
      grams: Long.MAX_VALUE,
      price: Decimal128.fromString("99999999999999999999999999999999.98"),
    }),
  );
  expect(row?.values).toMatchObject({
    grams: "9223372036854775807",
    price: "99999999999999999999999999999999.98",
    perParcel: "49999999999999999999999999999999.99",
  });
});

test.each([
  // MongoDB goes on with a double where 64 bits are too few, and rounds where 34 digits are.
  ["grams", 2 ** 64, "does not fit into 64 bits"],
  ["price", Decimal128.fromString("2E+32"), "has more than 34 digits"],
])("a sum of %s that the server had to round is refused, by name", async (name, value, problem) => {
  await expect(fromMirrorCube(parcels, query, found({ [name]: value }))).rejects.toMatchObject({
    code: "DOCUMENT_INVALID",
    message: expect.stringMatching(`^parcel: ${name} of a group ${problem}`),
  });
});
