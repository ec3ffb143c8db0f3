import {
  customerOrders,
  monthlySales,
  orderDetails,
  pendingShipments,
  productBuyers,
  sales,
} from "../../src/domains/pos/models/index.ts";
import type { DocumentModel } from "../../src/models/model.ts";

/**
 * What the loaders of a fault shop mirror: documents of one row, of many, and such as one write touches by dozens; the
 * facts of a cube; and such as wait for their pace and are keyed by what is derived: a state, and a month, which comes
 * and goes with its orders.
 */
export const faultModels: readonly DocumentModel[] = [
  customerOrders,
  orderDetails,
  productBuyers,
  pendingShipments,
  monthlySales,
  sales,
];

/** `other`: the same documents, of another shape: their texts may be null, and are not. */
export type Shape = "own" | "other";

export const inShape = (model: DocumentModel, shape: Shape): DocumentModel =>
  shape === "own"
    ? model
    : {
        ...model,
        fields: Object.fromEntries(
          Object.entries(model.fields).map(([name, field]) => [
            name,
            field.kind === "string" ? { ...field, nullable: true } : field,
          ]),
        ),
      };
