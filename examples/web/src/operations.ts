import { gql, type TypedDocumentNode } from "@apollo/client";
import orders from "./operations/orders.graphql?raw";
import sale from "./operations/sale.graphql?raw";
import shipments from "./operations/shipments.graphql?raw";
import type {
  OrdersQuery,
  OrdersQueryVariables,
  RecordSaleMutation,
  RecordSaleMutationVariables,
  ShipmentsChangedSubscription,
  ShipmentsQuery,
} from "./vitrine/operations.ts";

/** The operations of a file, with the types that graphql-codegen has read out of them. */
export const ordersQuery: TypedDocumentNode<OrdersQuery, OrdersQueryVariables> = gql(orders);
export const recordSale: TypedDocumentNode<RecordSaleMutation, RecordSaleMutationVariables> = gql(sale);
export const shipmentsQuery: TypedDocumentNode<ShipmentsQuery, Record<string, never>> = only(
  shipments,
  "Shipments",
);
export const shipmentsChanged: TypedDocumentNode<ShipmentsChangedSubscription, Record<string, never>> = only(
  shipments,
  "ShipmentsChanged",
);

/** One operation of a file of several, with the fragments beside it. */
function only(text: string, name: string) {
  const document = gql(text);
  return {
    ...document,
    definitions: document.definitions.filter(
      (one) => one.kind !== "OperationDefinition" || one.name?.value === name,
    ),
  };
}
