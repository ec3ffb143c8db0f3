import { enumeration, type FieldOptions, int } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** What kind of payment it is; the table has a check constraint of the same values. */
export const paymentTypeName = <const O extends FieldOptions = object>(options?: O) =>
  enumeration(
    "PaymentTypeName",
    "What kind of payment it is.",
    {
      SALES_RECEIPT: "A customer pays a sale.",
      SALES_REFUND: "A customer gets the money of a sale back.",
      PURCHASE_PAYMENT: "A purchase is paid.",
      PURCHASE_REFUND: "The money of a purchase comes back.",
    },
    options,
  );

/** A dimension of payments. */
export const paymentType = defineModel({
  name: "dim_payment_type",
  typeName: "PaymentType",
  description: "A type of a payment.",
  key: "paymentTypeId",
  fields: {
    paymentTypeId: int("Number of the type."),
    paymentTypeName: paymentTypeName({ filter: true }),
  },
});
