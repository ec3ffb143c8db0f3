import { decimal, int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";
import { productKind } from "./product-kind.ts";

/**
 * One model of a closed kind, not one for each: a sale leads to its product whatever that is, which a link to three
 * models could not, and questions such as the average screen size are asked of all kinds at once.
 */
export const catalogEntry = defineModel({
  name: "catalog_entry",
  typeName: "CatalogEntry",
  description: "A product of the catalogue; what its kind does not have is null.",
  key: "catalogId",
  fields: {
    catalogId: int("Product number, as sales have it; negative when the catalogue does not tell it."),
    kind: productKind({ filter: true }),
    brand: string("Who makes it.", { nullable: true, filter: true }),
    model: string("What its maker calls it.", { filter: true }),
    screenSize: decimal("Diagonal of its screen in inches.", 2, { nullable: true, filter: true }),
    ramGb: decimal("Memory in gigabytes (500 MB are 0.5).", 3, { nullable: true, filter: true }),
    hardDiskGb: decimal("Disk in gigabytes (1 TB is 1,000).", 3, { nullable: true, filter: true }),
    resolution: string("Points of its screen, as its maker puts it.", { nullable: true }),
  },
});
