import type { Random } from "../faults/random.ts";

/** What a terminal sends in one transaction. */
export interface Deed {
  readonly name: string;
  /** One call of a procedure, and no statements of its own. */
  readonly isCall?: boolean;
  readonly statements: readonly (readonly [sql: string, values: readonly unknown[]])[];
}

/** Numbers that are in use: below these; ids of the shop's files begin at 0. */
export interface Sizes {
  readonly customers: number;
  readonly products: number;
  /** Grows as orders are placed. */
  orders: number;
}

/** An hour of a shop: how often each deed comes among 100, by procedure and by plain SQL. */
const choices: readonly (readonly [weight: number, (sizes: Sizes, random: Random) => Deed])[] = [
  [20, recordSale],
  [20, sellByHand],
  [6, call("add an item", "add_item", (ids) => [ids.order(), ids.product(), 1])],
  [8, call("cancel an order", "cancel_order", (ids) => [ids.order()])],
  [8, call("ship an order", "ship_order", (ids) => [ids.order()])],
  [5, call("change a price by procedure", "update_price", (ids) => [ids.product(), ids.price()])],
  [
    5,
    sql("change a price", "update product set current_price = ? where product_id = ?", (ids) => [
      ids.price(),
      ids.product(),
    ]),
  ],
  [8, deleteOrder],
  [
    4,
    sql(
      "move a customer",
      "update customer set zip = (select min(zip) from city where zip >= ?) where customer_id = ?",
      (ids) => [String(ids.below(90_000)).padStart(5, "0"), ids.customer()],
    ),
  ],
  [
    6,
    sql("rename a customer", "update customer set last_name = ? where customer_id = ?", (ids) => [
      `N${ids.below(1_000_000)}`,
      ids.customer(),
    ]),
  ],
  [
    2,
    sql("rename a product", "update product set name = ? where product_id = ?", (ids) => [
      `P${ids.below(1_000_000)}`,
      ids.product(),
    ]),
  ],
  [
    5,
    sql(
      "give an order to another customer",
      "update `order` set customer_id = ? where order_id = ?",
      (ids) => [ids.customer(), ids.order()],
    ),
  ],
  [
    3,
    sql("change a quantity", "update orderline set quantity = ? where order_id = ? limit 1", (ids) => [
      1 + ids.below(5),
      ids.order(),
    ]),
  ],
];

/** Chooses what a terminal does next. */
export function chooseDeed(sizes: Sizes, random: Random): Deed {
  let dice = random.below(choices.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, toDeed] of choices) {
    if (dice < weight) return toDeed(sizes, random);
    dice -= weight;
  }
  throw new Error("The weights do not add up.");
}

/** Ids and values that a seed decides. */
function createIds(sizes: Sizes, random: Random) {
  return {
    below: random.below,
    customer: () => random.below(sizes.customers),
    product: () => random.below(sizes.products),
    // Most of them lately placed: those are still open.
    order: () =>
      random.below(4) === 0 ? random.below(sizes.orders) : Math.max(0, sizes.orders - 1 - random.below(20)),
    price: () => `${random.between(40, 1279)}.${random.between(10, 99)}`,
  };
}
type Ids = ReturnType<typeof createIds>;

function sql(name: string, statement: string, values: (ids: Ids) => readonly unknown[]) {
  return (sizes: Sizes, random: Random): Deed => ({
    name,
    statements: [[statement, values(createIds(sizes, random))]],
  });
}

function call(name: string, procedure: string, values: (ids: Ids) => readonly unknown[]) {
  return (sizes: Sizes, random: Random): Deed => {
    const args = values(createIds(sizes, random));
    return {
      name,
      isCall: true,
      statements: [[`call ${procedure}(${args.map(() => "?").join(", ")})`, args]],
    };
  };
}

function chooseLines(
  { products }: Sizes,
  random: Random,
): readonly (readonly [product: number, quantity: number])[] {
  const first = random.below(products);
  return Array.from({ length: random.between(1, 5) }, (_, index) => [
    (first + index * 7) % products,
    random.between(1, 3),
  ]);
}

function recordSale(sizes: Sizes, random: Random): Deed {
  const lines = chooseLines(sizes, random).map(([productId, quantity]) => ({ productId, quantity }));
  return {
    name: "sell by procedure",
    isCall: true,
    statements: [["call record_sale(?, ?)", [random.below(sizes.customers), JSON.stringify(lines)]]],
  };
}

function sellByHand(sizes: Sizes, random: Random): Deed {
  const lines = [...new Map(chooseLines(sizes, random))].sort(([a], [b]) => a - b);
  return {
    name: "sell by plain SQL",
    statements: [
      ["insert into `order` (customer_id) values (?)", [random.below(sizes.customers)]],
      [
        `insert into orderline (order_id, product_id, quantity)
        select last_insert_id(), sold.product_id, sold.quantity from json_table(?, '$[*]' columns (
          product_id int path '$[0]', quantity int path '$[1]')) as sold`,
        [JSON.stringify(lines)],
      ],
    ],
  };
}

function deleteOrder(sizes: Sizes, random: Random): Deed {
  const order = createIds(sizes, random).order();
  return {
    name: "delete an order",
    statements: [
      ["delete from orderline where order_id = ?", [order]],
      ["delete from `order` where order_id = ?", [order]],
    ],
  };
}
