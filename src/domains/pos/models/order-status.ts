import { enumeration, type FieldOptions } from "../../../models/field.ts";

/** What has become of an order; the table has a check constraint of the same values. */
export const orderStatus = <const O extends FieldOptions = object>(options?: O) =>
  enumeration(
    "OrderStatus",
    "What has become of an order.",
    {
      placed: "Not shipped yet.",
      shipped: "On its way, or there.",
      cancelled: "Will not be shipped; counts in no revenue.",
    },
    options,
  );
