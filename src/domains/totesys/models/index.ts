// One line per model of the domain, in the order of the alphabet: what is exported here is a model.
export { counterparty } from "./counterparty.ts";
export { currency } from "./currency.ts";
export { currentPayment } from "./current-payment.ts";
export { currentPurchaseOrder } from "./current-purchase-order.ts";
export { currentSalesOrder } from "./current-sales-order.ts";
export { design } from "./design.ts";
export { exchangeRate } from "./exchange-rate.ts";
export { location } from "./location.ts";
export { payment } from "./payment.ts";
export { paymentRecord } from "./payment-record.ts";
export { paymentType } from "./payment-type.ts";
export { purchaseOrder } from "./purchase-order.ts";
export { purchaseRecord } from "./purchase-record.ts";
export { salesOrder } from "./sales-order.ts";
export { salesRecord } from "./sales-record.ts";
export { staff } from "./staff.ts";
export { transaction } from "./transaction.ts";
