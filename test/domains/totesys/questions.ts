import { first, nothing, type Question, table } from "../../integration/pos/question.ts";
import { historyQuestions } from "./history-questions.ts";
import { dimensionQuestions, paymentQuestions, purchaseQuestion } from "./more-questions.ts";

const sold = `sales_order o join currency c on c.currency_id = o.currency_id join design d on d.design_id = o.design_id
  join staff s on s.staff_id = o.staff_id join department p on p.department_id = s.department_id
  join counterparty k on k.counterparty_id = o.counterparty_id join address l on l.address_id = k.legal_address_id
  join address a on a.address_id = o.agreed_delivery_location_id`;
const revenue = "sum(o.units_sold * o.unit_price)";
const measures = ["orders", "units", "revenue"] as const;
const day = "date(o.created_at)";
const month = "date_format(o.created_at, '%Y-%m-01')";

/** Sales by keys and currency, in their order: plain SQL, and where the example has the same. */
const byKeys = (
  title: string,
  example: string,
  ...keys: readonly (readonly [sql: string, path: string])[]
): Question => ({
  title,
  example,
  variables: nothing,
  sql: `select ${keys.map(([sql], index) => `${sql} as k${index}`).join(", ")}, c.currency_code, count(*), sum(o.units_sold),
      ${revenue} from ${sold} group by ${keys.map((_, index) => `k${index}`).join(", ")}, c.currency_code
    order by ${keys.map((_, index) => `k${index}`).join(", ")}, c.currency_code`,
  rows: table("salesOrder", ...keys.map(([, path]) => path), "currencyCode", ...measures),
});

const facts: readonly Question[] = [
  byKeys("Sales per day", "sales-per-day", [day, "createdDate"]),
  byKeys("Sales per week", "sales-per-week", [
    `${day} - interval weekday(o.created_at) day`,
    "createdDateWeek",
  ]),
  byKeys("Sales per month", "sales-per-month", [month, "createdDateMonth"]),
  byKeys(
    "Sales by staff",
    "sales-by-staff",
    ["o.staff_id", "salesStaffId"],
    ["concat(s.first_name, ' ', s.last_name)", "staffName"],
  ),
  byKeys("Sales by department", "sales-by-department", ["p.department_name", "departmentName"]),
  byKeys("Sales by office", "sales-by-office", ["p.location", "office"]),
  byKeys("Sales by delivery country", "sales-by-delivery-country", ["a.country", "deliveryCountry"]),
  byKeys("Sales by legal country", "sales-by-legal-country", ["l.country", "legalCountry"]),
  byKeys(
    "Month of the year by design",
    "designs-by-month-of-the-year",
    ["month(o.created_at)", "createdMonthOfYear"],
    ["d.design_name", "designName"],
  ),
  {
    title: "Orders, units and value per currency",
    example: "sales-per-currency",
    variables: nothing,
    sql: `select c.currency_code, count(*), sum(o.units_sold), ${revenue}, round(${revenue} / count(*), 2) from ${sold}
      group by 1 order by 1`,
    rows: table("salesOrder", "currencyCode", ...measures, "averageRevenue"),
  },
  {
    title: "By design: revenue, units and average price",
    example: "sales-by-design",
    variables: nothing,
    sql: `select o.design_id, c.currency_code, sum(o.units_sold) as units, ${revenue}, round(sum(o.unit_price) / count(*), 2),
        d.design_name from ${sold} group by 1, 2 order by units desc, 1, 2`,
    rows: table(
      "salesOrder",
      "designId",
      "currencyCode",
      "units",
      "revenue",
      "averagePrice",
      "design.designName",
    ),
  },
  {
    title: "Top counterparties of each currency",
    example: "top-counterparties",
    variables: nothing,
    sql: `select currency_code, counterparty_id, revenue, orders, share, legal_name, country from (
        select c.currency_code, o.counterparty_id, ${revenue} as revenue, count(*) as orders,
          round(${revenue} / sum(${revenue}) over (partition by c.currency_code), 6) as share,
          k.counterparty_legal_name as legal_name, l.country,
          rank() over (partition by c.currency_code order by ${revenue} desc) as place
        from ${sold} group by 1, 2) as ranked
      where place <= 3 order by currency_code, revenue desc, counterparty_id`,
    rows: table(
      "salesOrder",
      ...["currencyCode", "counterpartyId", "revenue", "orders", "share.revenue"],
      ...["counterparty.legalName", "counterparty.legalCountry"],
    ),
  },
  {
    title: "The latest 50 orders",
    example: "latest-orders",
    variables: nothing,
    sql: `select o.sales_order_id, concat(replace(o.created_at, ' ', 'T'), 'Z'), o.units_sold, o.unit_price,
        o.units_sold * o.unit_price, c.currency_code, d.design_name, concat(s.first_name, ' ', s.last_name),
        k.counterparty_legal_name, a.city, a.country
      from ${sold} order by o.created_at desc, o.sales_order_id desc limit 50`,
    rows: table(
      "currentSalesOrderConnection.nodes",
      ...["salesOrderId", "createdAt", "unitsSold", "unitPrice", "amount", "currencyCode", "designName"],
      ...["staffName", "counterpartyName", "deliveryLocation.city", "deliveryLocation.country"],
    ),
  },
  {
    title: "Revenue of each month in one currency",
    example: "sales-in-pounds",
    variables: nothing,
    sql: `select ${month} as m, count(*), round(sum(o.units_sold * o.unit_price * if(c.currency_code = 'GBP', 1, (
          select r.rate from currency_rate r
          where r.currency_from = c.currency_code and r.currency_to = 'GBP' and r.date <= date(o.created_at)
          order by r.date desc limit 1))), 2)
      from ${sold} group by m order by m`,
    rows: table("salesOrder", "createdDateMonth", "orders", "revenue"),
  },
  {
    title: "Purchases per month",
    example: "purchases-per-month",
    variables: nothing,
    sql: `select date_format(o.created_at, '%Y-%m-01') as m, c.currency_code, count(*), sum(o.item_quantity),
        sum(o.item_quantity * o.item_unit_price), round(sum(o.item_quantity * o.item_unit_price) / count(*), 2)
      from purchase_order o join currency c on c.currency_id = o.currency_id group by 1, 2 order by 1, 2`,
    rows: table(
      ...([
        "purchaseOrder",
        "createdDateMonth",
        "currencyCode",
        "orders",
        "items",
        "cost",
        "averageCost",
      ] as const),
    ),
  },
];

/** What the back office is asked, and plain SQL over its tables that says what is right. */
export const toteQuestions: readonly Question[] = [
  ...facts,
  ...paymentQuestions,
  purchaseQuestion,
  ...dimensionQuestions,
  ...historyQuestions,
  {
    title: "Every version of one order",
    example: "versions-of-an-order",
    variables: async (db) =>
      first(
        db,
        `select sales_order_id as id from sales_order for system_time all group by 1 order by count(*) desc, 1 limit 1`,
      ),
    sql: `select sales_order_id, units_sold, unit_price, units_sold * unit_price,
        concat(replace(last_updated, ' ', 'T'), 'Z')
      from sales_order for system_time all where sales_order_id = :id order by row_start desc`,
    rows: table(
      "currentSalesOrderHistory.nodes",
      ...["document.salesOrderId", "document.unitsSold", "document.unitPrice", "document.amount"],
      "document.lastUpdatedAt",
    ),
  },
];
