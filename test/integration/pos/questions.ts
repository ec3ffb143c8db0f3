import { cubeQuestions } from "./cube-questions.ts";
import { documentQuestions } from "./document-questions.ts";
import { at, busiest, first, nothing, type Question, sold, table } from "./question.ts";

/** Every business question of the shop, and one of each kind of document. */
export const questions: readonly Question[] = [
  ...documentQuestions,
  ...cubeQuestions,
  {
    title: "Customers in a state",
    example: "customers-of-a-state",
    variables: (db) => first(db, busiest("t.state as state")),
    sql: `select c.customer_id, concat(c.first_name, ' ', c.last_name), t.city
      from customer c join city t on t.zip = c.zip where t.state = :state order by c.customer_id limit 5`,
    rows: table("customerOrdersConnection.nodes", "customerId", "name", "city"),
  },
  {
    title: "All orders with total and shipping date",
    example: "orders",
    variables: async () => ({ first: 500 }),
    sql: `select order_id, status, concat(replace(date_placed, ' ', 'T'), 'Z'),
        concat(replace(date_shipped, ' ', 'T'), 'Z'), subtotal + sales_tax
      from \`order\` order by date_placed desc, order_id desc limit 500`,
    rows: table("orderDetailsConnection.nodes", "orderId", "status", "placedAt", "shippedAt", "total"),
  },
  {
    title: "Products bought by a customer",
    example: "products-of-a-customer",
    variables: (db) => first(db, busiest("o.customer_id as customer")),
    sql: `select p.product_id, sum(l.quantity), sum(l.quantity * l.unit_price), p.name
      from ${sold} where o.customer_id = :customer group by p.product_id, p.name order by p.product_id`,
    rows: table("sales", "productId", "units", "revenue", "productDocument.name"),
  },
  {
    title: "Orders of a customer",
    example: "orders-of-a-customer",
    variables: (db) => first(db, busiest("o.customer_id as customer")),
    sql: `select order_id, status, subtotal + sales_tax from \`order\` where customer_id = :customer
      order by date_placed, order_id`,
    rows: table("customerOrders.orders", "orderId", "status", "total"),
  },
  {
    title: "Products bought in a city",
    example: "products-in-a-city",
    variables: (db) => first(db, busiest("t.city as city")),
    sql: `select p.product_id, sum(l.quantity), sum(l.quantity * l.unit_price), p.name
      from ${sold} where t.city = :city group by p.product_id, p.name
      order by sum(l.quantity) desc, p.product_id limit 100`,
    rows: table("sales", "productId", "units", "revenue", "productDocument.name"),
  },
  {
    title: "Products with their buyers",
    example: "products-and-their-buyers",
    variables: async () => ({ first: 100 }),
    sql: `select p.product_id, (
        select coalesce(group_concat(distinct o.customer_id order by o.customer_id), '')
        from orderline l join \`order\` o on o.order_id = l.order_id where l.product_id = p.product_id)
      from product p order by p.product_id limit 100`,
    rows: (data) =>
      table(
        "productBuyersConnection.nodes",
        "productId",
        "buyers",
      )(data).map(([id, buyers]) => [id, table("buyers", "customerId")({ buyers }).join()]),
  },
  {
    title: "Best customers by spend, ties kept",
    example: "top-customers",
    variables: async () => ({ first: 7 }),
    sql: `select o.customer_id, sum(l.quantity * l.unit_price) as spend, count(distinct o.order_id),
        round(sum(l.quantity * l.unit_price) / count(distinct o.order_id), 2)
      from ${sold} group by o.customer_id
      having spend >= (select spend from (
        select sum(l.quantity * l.unit_price) as spend from ${sold} group by o.customer_id order by 1 desc limit 6, 1) as seventh)
      order by spend desc, o.customer_id`,
    rows: table("sales", "customerId", "revenue", "orders", "averageOrder"),
  },
  {
    title: "Best product",
    example: "top-product",
    variables: nothing,
    sql: `select product_id, revenue, units from (
        select l.product_id, sum(l.quantity * l.unit_price) as revenue, sum(l.quantity) as units,
          rank() over (order by sum(l.quantity * l.unit_price) desc) as place
        from ${sold} group by l.product_id) as ranked
      where place = 1 order by product_id`,
    rows: table("sales", "productId", "revenue", "units"),
  },
  {
    title: "Products to discontinue",
    example: "products-to-discontinue",
    variables: nothing,
    sql: `select product_id, name from product
      where product_id not in (select product_id from orderline) order by product_id limit 100`,
    rows: table("productDemandConnection.nodes", "productId", "name"),
    mayBeEmpty: true,
  },
  {
    title: "Buyers of a product, for a recall",
    example: "recall-a-product",
    variables: (db) => first(db, busiest("l.product_id as product")),
    sql: `select c.customer_id, sum(l.quantity), concat(c.first_name, ' ', c.last_name), c.email, c.phone,
        c.address1, c.address2, t.city, t.zip
      from ${sold} where l.product_id = :product group by c.customer_id order by c.customer_id`,
    rows: table(
      ...["sales", "customerId", "units", "buyer.name", "buyer.email", "buyer.phone", "buyer.address1"],
      ...["buyer.address2", "buyer.city", "buyer.zip"],
    ),
  },
  {
    title: "Suspicious orders",
    example: "suspicious-orders",
    variables: async () => ({ total: "4000.00", pieces: 2 }),
    sql: `select order_id, total, (select max(quantity) from orderline l where l.order_id = o.order_id)
      from \`order\` o
      where total > cast(:total as decimal(14,2))
        or exists (select 1 from orderline l where l.order_id = o.order_id and l.quantity > :pieces)
      order by total desc, order_id limit 100`,
    rows: table("orderChecksConnection.nodes", "orderId", "total", "largestQuantity"),
  },
  ...(
    [
      ["day", "placedOn", "date(o.date_placed)"],
      ["week", "placedOnWeek", "date(o.date_placed) - interval weekday(o.date_placed) day"],
      ["month", "placedOnMonth", "cast(date_format(o.date_placed, '%Y-%m-01') as date)"],
      [
        "quarter",
        "placedOnQuarter",
        "makedate(year(o.date_placed), 1) + interval quarter(o.date_placed) - 1 quarter",
      ],
    ] as const
  ).map(
    ([period, key, start]): Question => ({
      title: `Revenue per ${period}`,
      example: `revenue-per-${period}`,
      variables: nothing,
      // Tax is rounded per order, so it is added up over orders. A day with cancelled orders only is a row of nothing.
      sql: `select start, sum(subtotal), sum(sales_tax), count(is_kept), round(sum(subtotal) / count(is_kept), 2)
        from (
          select ${start} as start, nullif(o.status <> 'cancelled', false) as is_kept,
            if(o.status = 'cancelled', 0, o.subtotal) as subtotal,
            if(o.status = 'cancelled', 0, o.sales_tax) as sales_tax
          from \`order\` o where exists (select 1 from orderline l where l.order_id = o.order_id)
        ) as kept group by 1 order by 1`,
      rows: table("sales", key, "revenue", "tax", "orders", "averageOrder"),
    }),
  ),
  {
    title: "Sales trend against the month before",
    example: "sales-trend",
    variables: nothing,
    sql: `select month, revenue, orders, before_revenue, revenue - before_revenue,
        round((revenue - before_revenue) * 100 / nullif(before_revenue, 0), 2)
      from (
        select g.month, g.revenue, g.orders,
          (select coalesce(sum(b.quantity * b.unit_price), 0) from orderline b
            join \`order\` e on e.order_id = b.order_id and e.status <> 'cancelled'
            where date_format(e.date_placed, '%Y-%m')
              = date_format(concat(g.month, '-01') - interval 1 month, '%Y-%m')) as before_revenue
        from (
          select m.month, coalesce(sum(l.quantity * l.unit_price), 0) as revenue,
            count(distinct o.order_id) as orders
          from (select distinct date_format(date_placed, '%Y-%m') as month from \`order\`) as m
          left join \`order\` o on date_format(o.date_placed, '%Y-%m') = m.month and o.status <> 'cancelled'
          left join orderline l on l.order_id = o.order_id
          group by m.month) as g) as months
      order by month desc limit 24`,
    rows: table(
      "salesTrendConnection.nodes",
      "month",
      "revenue",
      "orders",
      "previousRevenue",
      "change",
      "changePercent",
    ),
  },
  {
    title: "Top products of a state",
    example: "top-products-of-a-state",
    variables: (db) => first(db, busiest("t.state as state")),
    sql: `select product_id, revenue, units from (
        select l.product_id, sum(l.quantity * l.unit_price) as revenue, sum(l.quantity) as units,
          rank() over (order by sum(l.quantity * l.unit_price) desc) as place
        from ${sold} where t.state = :state group by l.product_id) as ranked
      where place <= 5 order by revenue desc, product_id`,
    rows: table("sales", "productId", "revenue", "units"),
  },
  {
    title: "Demand of a state in a month",
    example: "demand-of-a-state",
    variables: async (db) => ({
      ...(await first(db, busiest("t.state as state"))),
      ...(await first(
        db,
        `select cast(date_format(min(date_placed), '%Y-%m-01') as date) as \`from\`,
          cast(date_format(min(date_placed) + interval 1 month, '%Y-%m-01') as date) as \`before\` from \`order\``,
      )),
    }),
    sql: `select level, product_id, units, revenue from (
        select 1 as level, l.product_id, sum(l.quantity) as units, sum(l.quantity * l.unit_price) as revenue
        from ${sold} where t.state = :state and o.date_placed >= :from and o.date_placed < :before
        group by l.product_id
        union all
        select 0, null, coalesce(sum(l.quantity), 0), coalesce(sum(l.quantity * l.unit_price), 0)
        from ${sold} where t.state = :state and o.date_placed >= :from and o.date_placed < :before
      ) as demand order by units desc, level desc, product_id`,
    rows: table("sales", "level", "productId", "units", "revenue"),
  },
  {
    title: "Repeat purchase rate",
    example: "repeat-purchase-rate",
    variables: nothing,
    sql: `select count(*), sum(n > 1), round(sum(n > 1) * 100 / count(*), 2) from (
        select count(*) as n from \`order\` where status <> 'cancelled' group by customer_id) as buyers`,
    rows: (data) => [
      ["customers", "repeatCustomers", "repeatRate"].map((name) => at(data, `customerSegments.${name}`)),
    ],
  },
  {
    title: "Recency, frequency and monetary segments",
    example: "segments-of-customers",
    variables: nothing,
    sql: `select concat('R', r, 'F', f, 'M', m), count(*), sum(n), sum(spend) from (
        select o.customer_id, count(distinct o.order_id) as n, sum(l.quantity * l.unit_price) as spend,
          if(max(o.date_placed) >= newest.day - interval 365 day, 3,
            if(max(o.date_placed) >= newest.day - interval 1095 day, 2, 1)) as r,
          if(count(distinct o.order_id) >= 5, 3, if(count(distinct o.order_id) >= 2, 2, 1)) as f,
          if(sum(l.quantity * l.unit_price) >= 5000, 3, if(sum(l.quantity * l.unit_price) >= 1000, 2, 1)) as m
        from ${sold}
        join (select date(max(date_placed)) as day from \`order\` where status <> 'cancelled') as newest
        group by o.customer_id) as scored
      group by r, f, m order by 1`,
    rows: (data) =>
      table(
        "customerSegmentsConnection.nodes",
        "segment",
        "customers",
        "orders",
        "revenue",
      )(data).filter(([segment, customers]) => segment !== "ALL" && customers !== 0),
  },
];
