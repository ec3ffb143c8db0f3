import type { Queryable } from "../../src/stores/mariadb/mariadb.ts";

/** Each finds the rows that break a rule of the shop, whoever wrote them and however many at once. */
const rules: Readonly<Record<string, string>> = {
  "the subtotal of an order is the sum of its lines": `
    select o.order_id as id from \`order\` o left join orderline l on l.order_id = o.order_id
    group by o.order_id having max(o.subtotal) <> coalesce(sum(l.line_total), 0)`,
  "the tax of an order is its subtotal by the rate of its customer's zip, to the cent": `
    select o.order_id as id from \`order\` o join customer c on c.customer_id = o.customer_id
    left join sales_tax t on t.zip = c.zip
    where o.sales_tax <> round(o.subtotal * coalesce(t.combined_rate, 0), 2)`,
  "the newest row of a product's price history leads to its price": `
    select p.product_id as id from product p join price_history h on h.product_id = p.product_id
    where h.new_price <> p.current_price and h.price_history_id =
      (select max(n.price_history_id) from price_history n where n.product_id = p.product_id)`,
  "each row of a product's price history begins where the one before ended, at another price": `
    select h.price_history_id as id from (
      select price_history_id, old_price, new_price,
        lag(new_price) over (partition by product_id order by price_history_id) as price_before
      from price_history) h
    where h.old_price <> h.price_before or h.old_price = h.new_price`,
};

/** Materialised views and what they show, row by row; compared without the limit of group_concat. */
const copies = [
  ["mv_product_buyers", "v_product_buyers", "product_id, name, buyers"],
  ["mv_customer_purchases", "v_customer_purchases", "customer_id, first_name, last_name, products"],
] as const;

/** The rules of the shop that do not hold, each with some ids; none in a shop that nothing has harmed. */
export async function findBrokenRules(db: Queryable): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const [rule, sql] of [...Object.entries(rules), ...copies.map(toComparison)]) {
    const rows = await db.query<{ id: number }>(`${sql} limit 5`);
    if (rows.length > 0) broken.push(`Not so: ${rule} (${rows.map(({ id }) => id).join(", ")}).`);
  }
  return broken;
}

function toComparison([stored, view, columns]: (typeof copies)[number]): readonly [string, string] {
  const [key] = columns.split(",");
  return [
    `${stored} is what ${view} shows`,
    `set statement group_concat_max_len = 1073741824 for
    select ${key} as id from (
      (select ${columns} from ${stored} except select ${columns} from ${view})
      union all (select ${columns} from ${view} except select ${columns} from ${stored})) as d`,
  ];
}
