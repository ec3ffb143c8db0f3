/** Which store answers. */
export type Source = "LIVE" | "MIRROR";

/** What is asked: of ours with a source, of theirs without. */
export interface Question {
  readonly name: string;
  readonly query: (source: Source | undefined) => string;
  /** Whether it is asked by somebody with a role, too. */
  readonly role?: true;
  /** One request each, in turn. */
  readonly variables: readonly Readonly<Record<string, unknown>>[];
}

const order =
  "{ orderId status placedAt shippedAt subtotal salesTax total buyer { customerId name } items { productId name quantity unitPrice lineTotal } }";
const first20 = Array.from({ length: 20 }, (_, index) => index + 1);
/** Over the shop: rows by one id, by many, and a list. */
export const questions: readonly Question[] = [
  {
    name: "one order with buyer and items, each time another",
    role: true,
    query: (source) => `query One($id: ID!) { orderDetails(id: $id${asArgument(source)}) ${order} }`,
    variables: Array.from({ length: 200 }, (_, index) => ({ id: String(1 + 11 * index) })),
  },
  {
    name: "20 orders with buyer and items, by id, each time others",
    role: true,
    query: byIds,
    variables: Array.from({ length: 100 }, (_, page) => ({ ids: first20.map((id) => id * 101 + page) })),
  },
  { name: "20 orders with buyer and items, always the same", query: byIds, variables: [{ ids: first20 }] },
  {
    name: "100 products, flat",
    query: (source) =>
      `query Flat { productBuyersConnection(first: 100${asArgument(source)}) { nodes { productId name currentPrice } } }`,
    variables: [{}],
  },
];

/** Of theirs there is one source, and a condition of its own for ids. */
function byIds(source: Source | undefined): string {
  const condition = source ? `where: { orderId: { in: $ids } }${asArgument(source)}` : "ids: $ids";
  return `query Nested($ids: [Int!]!) { orderDetailsConnection(first: 20 ${condition}) { nodes ${order} } }`;
}

const asArgument = (source: Source | undefined): string => (source ? ` source: ${source}` : "");
