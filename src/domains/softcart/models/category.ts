import { int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** A dimension of orders. */
export const category = defineModel({
  name: "category",
  typeName: "Category",
  description: "A category of what is ordered.",
  key: "categoryId",
  exportName: "dim_category",
  fields: {
    categoryId: int("Category number."),
    name: string("What it is called; no two are called alike.", { filter: true }),
  },
});
