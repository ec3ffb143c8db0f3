import { at, busiest, first, nothing, type Question, table } from "./question.ts";

/** Questions that compare rows with each other, or lead from them to their facts. */
export const cubeQuestions: readonly Question[] = [
  {
    title: "The three best products of each state, with their part in what it buys",
    example: "best-products-of-each-state",
    variables: nothing,
    // Products of which only cancelled orders were placed are groups too, with nothing sold.
    sql: `select state, product_id, revenue, round(revenue / nullif(total, 0), 6), name from (
        select state, product_id, name, revenue, sum(revenue) over (partition by state) as total,
          row_number() over (partition by state order by revenue desc, product_id) as place
        from (select t.state, l.product_id, p.name,
            sum(if(o.status <> 'cancelled', l.quantity * l.unit_price, 0)) as revenue
          from orderline l join \`order\` o using (order_id) join customer c using (customer_id)
          join city t using (zip) join product p using (product_id) group by 1, 2, 3) as g) as ranked
      where place <= 3 order by state, ranked.revenue desc, product_id limit 500`,
    rows: table("sales", "state", "productId", "revenue", "share.revenue", "productDocument.name"),
  },
  {
    title: "Revenue of each month beside the month before and the year before, and of the year so far",
    example: "revenue-beside-the-year-before",
    variables: nothing,
    sql: `with months as (
        select cast(date_format(o.placed_on, '%Y-%m-01') as date) as month,
          sum(if(o.status <> 'cancelled', l.quantity * l.unit_price, 0)) as revenue
        from orderline l join \`order\` o using (order_id) group by 1)
      select m.month, m.revenue, b.revenue as before_revenue, y.revenue as year_before_revenue,
        sum(m.revenue) over (partition by year(m.month) order by m.month)
      from months m left join months b on b.month = m.month - interval 1 month
      left join months y on y.month = m.month - interval 1 year order by m.month`,
    rows: table(
      "sales",
      ...["placedOnMonth", "revenue", "monthBefore.revenue", "yearBefore.revenue", "soFar.revenue"],
    ),
  },
  {
    title: "The lines behind the best month of a state",
    example: "lines-behind-a-month",
    variables: (db) => first(db, busiest("t.state as state")),
    sql: `with lines_of as (
        select l.sale_id, o.order_id, l.product_id, l.quantity, l.quantity * l.unit_price as amount, o.status,
          left(o.placed_on, 7) as month
        from orderline l join \`order\` o using (order_id) join customer c using (customer_id)
        join city t using (zip) where t.state = :state),
      best as (select month from lines_of group by 1
        order by sum(if(status <> 'cancelled', amount, 0)) desc, month limit 1)
      select order_id, product_id, quantity, amount from lines_of join best using (month)
      order by sale_id limit 50`,
    rows: (data) =>
      table("nodes", "orderId", "productId", "units", "revenue")(at(data, "sales.0.facts") as typeof data),
  },
];
