import { int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** A dimension of what the shop on the web sells. */
export const item = defineModel({
  name: "item",
  typeName: "Item",
  description: "An item of the shop on the web.",
  key: "itemId",
  exportName: "dim_item",
  fields: {
    itemId: int("Item number."),
    categoryName: string("Its category.", { filter: true }),
    name: string("What it is called; two categories may have an item of one name.", { filter: true }),
  },
});
