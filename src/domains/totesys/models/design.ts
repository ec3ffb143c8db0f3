import { int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** A dimension of sales. */
export const design = defineModel({
  name: "dim_design",
  typeName: "Design",
  description: "A design of a bag.",
  key: "designId",
  fields: {
    designId: int("Design number."),
    designName: string("What it is called; several may be called alike.", { filter: true }),
    fileLocation: string("Folder of its drawing."),
    fileName: string("File of its drawing."),
  },
});
