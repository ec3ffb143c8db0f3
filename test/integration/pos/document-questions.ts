import { type Answers, at, busiest, first, type Question, sold, table } from "./question.ts";

/** The best products of each `owner` as text, most revenue first: the ranking within a document. */
const best = (owner: string, count: number) => `(
  select owner, group_concat(product_id, ' ', units, ' ', revenue order by place separator ', ') as list
  from (
    select ${owner} as owner, l.product_id, sum(l.quantity) as units,
      sum(l.quantity * l.unit_price) as revenue,
      row_number() over (
        partition by ${owner} order by sum(l.quantity * l.unit_price) desc, l.product_id
      ) as place
    from ${sold} group by 1, 2) as ranked
  where place <= ${count} group by owner)`;

/** One row per node of a connection: the values at `paths`, then those within its list `list` as text. */
const nodes =
  (connection: string, paths: readonly string[], list: string, ...inner: readonly string[]) =>
  (data: Answers) =>
    ((at(data, `${connection}.nodes`) ?? []) as readonly Answers[]).map((node) => [
      ...paths.map((path) => at(node, path)),
      table(
        list,
        ...inner,
      )(node)
        .map((row) => row.join(" "))
        .join(", "),
    ]);

const time = (sql: string) => `concat(replace(${sql}, ' ', 'T'), 'Z')`;
const month = "date_format(o.date_placed, '%Y-%m')";
const ranking = ["topProducts", "productId", "units", "revenue"] as const;

/** What the documents answer that no question of the shop is about: a question for each kind of document. */
export const documentQuestions: readonly Question[] = [
  {
    title: "Products of which few are left",
    example: "low-stock",
    variables: (db) => first(db, "select max(available_quantity) as fewer from product"),
    sql: `select product_id, name, available_quantity, (
        select coalesce(sum(l.quantity), 0)
        from orderline l join \`order\` o on o.order_id = l.order_id and o.status <> 'cancelled'
        where l.product_id = p.product_id)
      from product p where available_quantity < :fewer order by available_quantity, product_id limit 50`,
    rows: table("productConnection.nodes", "productId", "name", "stock", "demand.unitsSold"),
  },
  {
    title: "Whether a product is there",
    example: "is-it-there",
    variables: (db) => first(db, "select lower(substr(name, 2)) as word from product order by name limit 1"),
    sql: `select product_id, name, current_price, available_quantity from product
      where locate(:word, lower(name)) > 0 order by available_quantity desc, product_id limit 100`,
    rows: table("productConnection.nodes", "productId", "name", "currentPrice", "stock"),
  },
  {
    title: "Customers of a last name",
    example: "customers-of-a-name",
    variables: (db) =>
      first(db, "select last_name as name from customer group by 1 order by count(*) desc, 1 limit 1"),
    sql: `select c.customer_id, c.email, c.phone, t.city, count(o.order_id), ${time("max(o.date_placed)")}
      from customer c join city t on t.zip = c.zip
      left join \`order\` o on o.customer_id = c.customer_id and o.status <> 'cancelled'
      where c.last_name = :name group by c.customer_id order by c.first_name, c.customer_id limit 100`,
    rows: table(
      "customerConnection.nodes",
      ...["customerId", "email", "phone", "city", "lifetimeValue.orderCount", "lifetimeValue.lastOrderAt"],
    ),
  },
  {
    title: "An order, and how to reach its customer",
    example: "order-and-customer",
    variables: (db) => first(db, busiest("cast(o.order_id as char) as `order`")),
    sql: `select o.order_id, o.status, ${time("o.date_placed")}, ${time("o.date_shipped")}, o.subtotal + o.sales_tax,
        concat(c.first_name, ' ', c.last_name), c.email, c.phone, c.address1, c.address2, t.city, t.state, t.zip, (
          select group_concat(p.name, ' ', l.quantity order by l.product_id separator ', ')
          from orderline l join product p on p.product_id = l.product_id where l.order_id = o.order_id)
      from \`order\` o join customer c on c.customer_id = o.customer_id join city t on t.zip = c.zip
      where o.order_id = :order`,
    rows: ({ order }) => [
      [
        ...["orderId", "status", "placedAt", "shippedAt", "total"].map((path) => at(order, path)),
        ...["name", "email", "phone", "address1", "address2", "city", "state", "zip"].map((path) =>
          at(order, `customer.${path}`),
        ),
        table(
          "details.items",
          "name",
          "quantity",
        )(order as Answers)
          .map((item) => item.join(" "))
          .join(", "),
      ],
    ],
  },
  {
    title: "Labels of a range of customers",
    example: "labels-of-customers",
    variables: async () => ({ from: 3, to: 40 }),
    sql: `select c.customer_id, concat(c.first_name, ' ', c.last_name),
        if(coalesce(c.address2, '') = '', c.address1,
          concat(c.address1, ' #', if(left(c.address2, 1) = '#', substr(c.address2, 2), c.address2))),
        concat(t.city, ', ', t.state, '   ', t.zip)
      from customer c join city t on t.zip = c.zip where c.customer_id between :from and :to
      order by c.customer_id`,
    rows: table(
      "customerAddressesConnection.nodes",
      ...["customerId", "name", "printedAddress1", "printedAddress2"],
    ),
  },
  {
    title: "Products by the changes of their price",
    example: "price-changes",
    variables: async () => ({ first: 30 }),
    sql: `select p.product_id, p.name, count(h.product_id), p.current_price, coalesce(group_concat(
          h.old_price, ' ', h.new_price, ' ', h.new_price - h.old_price, ' ', ${time("h.changed_at")}
          order by h.price_history_id separator ', '), '')
      from product p left join price_history h on h.product_id = p.product_id
      group by p.product_id order by 3 desc, 1 limit 30`,
    rows: nodes(
      "productPriceHistoryConnection",
      ["productId", "name", "changeCount", "product.currentPrice"],
      ...["changes", "old", "new", "delta", "at"],
    ),
  },
  {
    title: "Customers by what they are worth",
    example: "worth-of-customers",
    variables: async () => ({ spend: "2000.00", first: 50 }),
    sql: `select o.customer_id, sum(l.quantity * l.unit_price), count(distinct o.order_id),
        round(sum(l.quantity * l.unit_price) / count(distinct o.order_id), 2),
        ${time("min(o.date_placed)")}, ${time("max(o.date_placed)")}, best.list
      from ${sold} join ${best("o.customer_id", 3)} as best on best.owner = o.customer_id
      group by o.customer_id having sum(l.quantity * l.unit_price) >= cast(:spend as decimal(14,2))
      order by 2 desc, 1 limit 50`,
    rows: nodes(
      "customerLifetimeValueConnection",
      ["customerId", "lifetimeSpend", "orderCount", "averageOrder", "firstOrderAt", "lastOrderAt"],
      ...ranking,
    ),
  },
  {
    title: "Sales of the states",
    example: "sales-of-states",
    variables: async () => ({ first: 10 }),
    sql: `select t.state, sum(l.quantity * l.unit_price), count(distinct o.order_id),
        count(distinct o.customer_id), best.list
      from ${sold} join ${best("t.state", 5)} as best on best.owner = t.state
      group by t.state order by 2 desc, 1 limit 10`,
    rows: nodes("stateSalesConnection", ["state", "revenue", "orders", "customers"], ...ranking),
  },
  {
    title: "Orders that wait to be shipped",
    example: "pending-shipments",
    variables: async () => ({ first: 5 }),
    sql: `select t.state, count(*), ${time("min(o.date_placed)")}, group_concat(
          o.order_id, ' ', ${time("o.date_placed")}, ' ', c.first_name, ' ', c.last_name, ' ', t.city, ' ',
          t.zip, ' ', o.subtotal + o.sales_tax order by o.date_placed, o.order_id separator ', ')
      from \`order\` o join customer c on c.customer_id = o.customer_id join city t on t.zip = c.zip
      where o.status = 'placed' group by t.state order by 2 desc, 1 limit 5`,
    rows: nodes(
      "pendingShipmentsConnection",
      ["state", "orderCount", "oldest"],
      ...["orders", "orderId", "placedAt", "name", "city", "zip", "total"],
    ),
  },
  {
    title: "Sales of the months, to new customers and known ones",
    example: "sales-of-months",
    variables: async () => ({ first: 24 }),
    sql: `select m.month, coalesce(sum(l.quantity * l.unit_price), 0), count(distinct o.order_id),
        coalesce(sum(l.quantity), 0), count(distinct if(f.month = m.month, o.customer_id, null)),
        count(distinct if(f.month < m.month, o.customer_id, null)), coalesce(max(best.list), '')
      from (select distinct date_format(date_placed, '%Y-%m') as month from \`order\`) as m
      left join \`order\` o on ${month} = m.month and o.status <> 'cancelled'
      left join orderline l on l.order_id = o.order_id
      left join (
        select customer_id, min(${month}) as month from \`order\` o where status <> 'cancelled' group by 1
      ) as f on f.customer_id = o.customer_id
      left join ${best(month, 5)} as best on best.owner = m.month
      group by m.month order by 1 desc limit 24`,
    rows: nodes(
      "monthlySalesConnection",
      ["month", "revenue", "orders", "units", "newCustomers", "returningCustomers"],
      ...ranking,
    ),
  },
];
