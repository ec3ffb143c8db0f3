import { first, nothing, type Question, table } from "../../integration/pos/question.ts";

const paid = `payment y join \`transaction\` t on t.transaction_id = y.transaction_id
  join currency c on c.currency_id = y.currency_id join payment_type e on e.payment_type_id = y.payment_type_id`;
/** What payments are asked. */
export const paymentQuestions: readonly Question[] = [
  {
    title: "Paid and open, by type of payment",
    example: "payments-by-type",
    variables: nothing,
    sql: `select e.payment_type_name, c.currency_code, count(*), sum(y.paid), sum(y.payment_amount),
        sum(if(y.paid, y.payment_amount, 0)), sum(if(y.paid, 0, y.payment_amount))
      from ${paid} group by 1, 2 order by 1, 2`,
    rows: table(
      ...([
        "payment",
        "paymentTypeName",
        "currencyCode",
        "payments",
        "paidPayments",
        "amount",
        "paidAmount",
      ] as const),
      "openAmount",
    ),
  },
  ...[true, false].map(
    (isPaid): Question => ({
      title: `${isPaid ? "Paid" : "Unpaid"} sales with the day of payment`,
      example: "payments-of-sales",
      variables: async () => ({ paid: isPaid }),
      sql: `select y.payment_id, if(y.paid, 'true', 'false'), y.payment_date, e.payment_type_name, y.payment_amount,
          c.currency_code, k.counterparty_legal_name, t.transaction_id, o.sales_order_id, o.units_sold * o.unit_price,
          date(o.created_at)
        from ${paid} join sales_order o on o.sales_order_id = t.sales_order_id
        join counterparty k on k.counterparty_id = y.counterparty_id
        where y.paid = ${isPaid} order by y.payment_date desc, y.payment_id limit 100`,
      rows: table(
        "currentPaymentConnection.nodes",
        ...["paymentId", "paid", "paymentDate", "paymentTypeName", "paymentAmount", "currencyCode"],
        ...["counterpartyName", "transaction.transactionId", "salesOrder.salesOrderId", "salesOrder.amount"],
        "salesOrder.createdDate",
      ),
    }),
  ),
];

/** What is asked of one purchase after the other. */
export const purchaseQuestion: Question = {
  title: "Purchases of an item",
  example: "purchases-of-an-item",
  variables: async (db) => first(db, "select max(item_code) as code from purchase_order"),
  sql: `select o.purchase_order_id, date(o.created_at), o.item_quantity, o.item_unit_price, o.item_quantity * o.item_unit_price,
      c.currency_code, k.counterparty_legal_name
    from purchase_order o join currency c on c.currency_id = o.currency_id
    join counterparty k on k.counterparty_id = o.counterparty_id
    where o.item_code = :code order by o.item_unit_price desc, 1`,
  rows: table(
    "currentPurchaseOrderConnection.nodes",
    ...["purchaseOrderId", "createdDate", "itemQuantity", "itemUnitPrice", "amount", "currencyCode"],
    "counterpartyName",
  ),
};

/** What the dimensions and rates are asked. */
export const dimensionQuestions: readonly Question[] = [
  {
    title: "The staff with their departments",
    example: "staff-and-departments",
    variables: nothing,
    sql: `select s.staff_id, s.first_name, s.last_name, p.department_name, p.location
      from staff s join department p on p.department_id = s.department_id order by p.department_id, s.staff_id`,
    rows: table("staffConnection.nodes", "staffId", "firstName", "lastName", "departmentName", "location"),
  },
  {
    title: "Places of a country",
    example: "locations-of-a-country",
    variables: async (db) => first(db, "select min(country) as country from address"),
    sql: "select address_id, address_line_1, city, postal_code, country from address where country = :country order by 1",
    rows: table("locationConnection.nodes", "locationId", "addressLine1", "city", "postalCode", "country"),
  },
  {
    title: "Currencies with their names",
    example: "currencies",
    variables: nothing,
    sql: `select c.currency_id, c.currency_code, i.currency_name from currency c
      join iso_currency i on i.currency_code = c.currency_code order by 2`,
    rows: table("currencyConnection.nodes", "currencyId", "currencyCode", "currencyName"),
  },
  {
    title: "Designs of a name",
    example: "designs-of-a-name",
    variables: async (db) => first(db, "select max(design_name) as name from design"),
    sql: "select design_id, design_name, file_name from design where design_name = :name order by 1",
    rows: table("designConnection.nodes", "designId", "designName", "fileName"),
  },
  {
    title: "Counterparties with their legal addresses",
    example: "counterparties",
    variables: nothing,
    sql: `select k.counterparty_id, k.counterparty_legal_name, l.city, l.country, l.phone
      from counterparty k join address l on l.address_id = k.legal_address_id order by 1`,
    rows: table(
      ...([
        "counterpartyConnection.nodes",
        "counterpartyId",
        "legalName",
        "legalCity",
        "legalCountry",
      ] as const),
      "legalPhone",
    ),
  },
  {
    title: "Types of payments",
    example: "payment-types",
    variables: nothing,
    sql: "select payment_type_id, payment_type_name from payment_type order by 1",
    rows: table("paymentTypeConnection.nodes", "paymentTypeId", "paymentTypeName"),
  },
  {
    title: "Transactions of purchases",
    example: "transactions-of-purchases",
    variables: nothing,
    sql: `select t.transaction_id, t.transaction_type, o.purchase_order_id, o.item_code, o.item_quantity * o.item_unit_price
      from \`transaction\` t join purchase_order o on o.purchase_order_id = t.purchase_order_id order by 1 limit 100`,
    rows: table(
      ...([
        "transactionConnection.nodes",
        "transactionId",
        "transactionType",
        "purchaseOrder.purchaseOrderId",
      ] as const),
      ...["purchaseOrder.itemCode", "purchaseOrder.amount"],
    ),
  },
  {
    title: "Rates of a currency",
    example: "rates-of-a-currency",
    variables: nothing,
    sql: `select currency_from, currency_to, date, rate from currency_rate where currency_from = 'USD'
      order by date desc, currency_to limit 100`,
    rows: table("exchangeRateConnection.nodes", "currencyFrom", "currencyTo", "date", "rate"),
  },
];
