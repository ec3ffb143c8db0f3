import { enumeration, type FieldOptions } from "../../../models/field.ts";

/** What a product of the catalogue is; the table has a check constraint of the same values. */
export const productKind = <const O extends FieldOptions = object>(options?: O) =>
  enumeration(
    "ProductKind",
    "What a product of the catalogue is.",
    {
      laptop: "A laptop: has memory and a disk.",
      television: "A television: has a resolution.",
      smart_phone: { text: "smart phone", description: "A smart phone." },
    },
    options,
  );
