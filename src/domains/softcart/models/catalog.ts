import { average, count, defineCube, sum } from "../../../models/cube.ts";
import { decimal, int, link, string } from "../../../models/field.ts";
import { productKind } from "./product-kind.ts";

/** Products whose screen has a size: an average is of these. */
const measured = { where: { screenSize: { isNull: false } } } as const;

/** The catalogue to be counted: one fact per product. */
export const catalog = defineCube({
  name: "catalog",
  typeName: "Catalog",
  description: "The products of the catalogue: count them, and average the sizes of their screens.",
  key: "catalogId",
  // A few hundred products: reading all of them is as quick as an index.
  unindexed: ["kind", "brand", "screenSize"],
  fields: {
    catalogId: int("Product number, as sales have it; negative when the catalogue does not tell it."),
    kind: productKind({ filter: true }),
    brand: string("Who makes it.", { nullable: true, filter: true }),
    screenSize: decimal("Diagonal of its screen in inches.", 2, { nullable: true, filter: true }),
    entry: link("catalog_entry", { key: "catalogId", description: "The product." }),
  },
  dimensions: ["kind", "brand", "screenSize"],
  measures: {
    products: count("How many products there are."),
    screens: count("How many have a screen of known size.", measured),
    screenSizes: sum("screenSize", "Sum of the diagonals of their screens, in inches.", measured),
    averageScreenSize: average(
      "screenSizes",
      "screens",
      2,
      "Average diagonal of those of known size, in inches, rounded half up; null without any.",
    ),
  },
});
