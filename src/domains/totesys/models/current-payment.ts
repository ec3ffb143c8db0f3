import { defineModel } from "../../../models/model.ts";
import { payment } from "./payment.ts";

/** The facts of the cube as documents: looked up by number, listed in any order, followed through their versions. */
export const currentPayment = defineModel({
  name: "fact_payment_current",
  typeName: "CurrentPayment",
  description: "A payment as it stands.",
  key: "paymentId",
  unindexed: payment.unindexed ?? [],
  fields: payment.fields,
});
