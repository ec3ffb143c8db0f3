type Reason = { readonly why: string };
const few: Reason = { why: "so few rows that reading all of them is as quick" };
const addedUp: Reason = {
  why: "added up by the cube: every fact would pay for an index, and nobody looks for it",
};
const named: Reason = {
  why: "names are looked for in the dimension, which is small; the facts of one by its number",
};
const third: Reason = { why: "one of a few: a large part of the facts is read without an index as soon" };

const times = (table: string) => ({
  createdAt: `fact.${table}_created_at_ix`,
  createdDate: `fact.${table}_created_date_ix`,
  lastUpdatedAt: `fact.${table}_last_updated_ix`,
});
const terms = (table: string) => ({
  ...times(table),
  staffName: named,
  departmentName: named,
  office: named,
  counterpartyId: `fact.${table}_counterparty_id_ix`,
  counterpartyName: named,
  legalCountry: named,
  amount: addedUp,
  currencyId: third,
  currencyCode: third,
  agreedPaymentDate: `fact.${table}_agreed_payment_on_ix`,
  agreedDeliveryDate: `fact.${table}_agreed_delivery_on_ix`,
  agreedDeliveryLocationId: `fact.${table}_agreed_delivery_location_id_ix`,
  deliveryCountry: named,
});

const facts: Readonly<Record<string, Readonly<Record<string, string | Reason>>>> = {
  fact_sales_order: {
    ...terms("sales_order"),
    createdMonthOfYear: third,
    salesStaffId: "fact.sales_order_staff_id_ix",
    unitsSold: addedUp,
    unitPrice: addedUp,
    designId: "fact.sales_order_design_id_ix",
    designName: named,
  },
  fact_purchase_order: {
    ...terms("purchase_order"),
    staffId: "fact.purchase_order_staff_id_ix",
    itemCode: "fact.purchase_order_item_code_ix",
    itemQuantity: addedUp,
    itemUnitPrice: addedUp,
  },
  fact_payment: {
    ...times("payment"),
    transactionId: "fact.payment_transaction_id_uk",
    transactionType: third,
    salesOrderId: "dealt.transaction_sales_order_id_uk",
    purchaseOrderId: "dealt.transaction_purchase_order_id_uk",
    counterpartyId: "fact.payment_counterparty_id_ix",
    counterpartyName: named,
    paymentAmount: addedUp,
    currencyId: third,
    currencyCode: third,
    paymentTypeId: third,
    paymentTypeName: third,
    paid: { why: "what is not paid yet is found by its day as well" },
    paymentDate: "fact.payment_payment_on_ix",
  },
};

const ofVersions = (table: string) => ({
  versionNumber: { why: "asked for together with an order, by the index of both" },
  deleted: third,
  validFrom: `fact.${table}_version_valid_from_ix`,
  validFromDate: `fact.${table}_version_valid_from_date_ix`,
  validTo: { why: "stands in the next version, and is asked for together with validFrom" },
  createdAt: { why: "orders of a day are found in their star, their versions by their numbers" },
  createdDate: { why: "orders of a day are found in their star, their versions by their numbers" },
  lastUpdatedAt: { why: "the time of a version is validFrom" },
  counterpartyId: `fact.${table}_version_counterparty_id_ix`,
});
const versionsOfOrders = (table: string) => ({
  ...terms(table),
  ...ofVersions(table),
  [`${table === "sales_order" ? "sales" : "purchase"}OrderId`]: `fact.${table}_version_${table}_id_version_number_uk`,
  agreedPaymentDate: third,
  agreedDeliveryDate: third,
  agreedDeliveryLocationId: `fact.${table}_version_agreed_delivery_location_id_ix`,
});

/** The same of histories. */
const histories: Readonly<Record<string, Readonly<Record<string, string | Reason>>>> = {
  sales_order_history: {
    ...facts.fact_sales_order,
    ...versionsOfOrders("sales_order"),
    salesStaffId: "fact.sales_order_version_staff_id_ix",
    designId: "fact.sales_order_version_design_id_ix",
  },
  purchase_order_history: {
    ...facts.fact_purchase_order,
    ...versionsOfOrders("purchase_order"),
    staffId: "fact.purchase_order_version_staff_id_ix",
    itemCode: addedUp,
  },
  payment_history: {
    ...facts.fact_payment,
    ...ofVersions("payment"),
    paymentId: "fact.payment_version_payment_id_version_number_uk",
    transactionId: "fact.payment_version_transaction_id_ix",
    paymentDate: third,
  },
};

const ofModel = (model: string, filters: Readonly<Record<string, string | Reason>>) =>
  Object.fromEntries(Object.entries(filters).map(([field, index]) => [`${model}.${field}`, index]));
const small = (model: string, ...fields: readonly string[]) =>
  ofModel(model, Object.fromEntries(fields.map((field) => [field, few])));

/** The index that serves each filter of the back office, or why there is none. */
export const toteFilterIndexes: Readonly<Record<string, string | Reason>> = {
  ...Object.assign(
    {},
    ...Object.entries(facts).flatMap(([model, filters]) => [
      ofModel(model, filters),
      ofModel(`${model}_current`, filters),
    ]),
  ),
  ...Object.assign({}, ...Object.entries(histories).map(([model, filters]) => ofModel(model, filters))),
  ...small("dim_counterparty", "legalName", "legalAddressId", "legalCity", "legalCountry"),
  ...small("dim_currency", "currencyCode", "currencyName"),
  ...small("dim_design", "designName"),
  ...small("dim_location", "city", "country"),
  ...small("dim_payment_type", "paymentTypeName"),
  ...small("dim_staff", "lastName", "departmentId", "departmentName", "location"),
  "dim_transaction.transactionType": third,
  "dim_transaction.salesOrderId": "dealt.transaction_sales_order_id_uk",
  "dim_transaction.purchaseOrderId": "dealt.transaction_purchase_order_id_uk",
  "exchange_rate.currencyFrom": "rate.currency_rate_currency_from_currency_to_date_uk",
  "exchange_rate.currencyTo": "rate.currency_rate_currency_to_ix",
  "exchange_rate.date": { why: "asked for together with both currencies, by the index of all three" },
};
