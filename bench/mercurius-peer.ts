/**
 * The peer of `bench/graphql.ts`, in a process of its own: the shop's orders and products as one would serve them by hand, with
 * Mercurius, its compiled queries (JIT) and its batching loaders, straight from the tables.
 */
import Fastify from "fastify";
import mercurius, { type MercuriusLoaders } from "mercurius";
import mysql, { type RowDataPacket } from "mysql2/promise";

const [mariadbUrl = "", connections = ""] = process.argv.slice(2);

const schema = `
  scalar Decimal
  scalar DateTime
  enum OrderStatus { placed shipped cancelled }
  type Query {
    orderDetails(id: ID!): OrderDetails
    orderDetailsConnection(first: Int = 20, ids: [Int!]): OrderDetailsConnection
    productBuyersConnection(first: Int = 20): ProductBuyersConnection
  }
  type OrderDetailsConnection { nodes: [OrderDetails]! }
  type OrderDetails {
    orderId: Int!
    status: OrderStatus!
    placedAt: DateTime!
    shippedAt: DateTime
    subtotal: Decimal!
    salesTax: Decimal!
    total: Decimal!
    buyer: OrderBuyer!
    items: [OrderItem!]!
  }
  type OrderBuyer { customerId: Int! name: String! }
  type OrderItem { productId: Int! name: String! quantity: Int! unitPrice: Decimal! lineTotal: Decimal! }
  type ProductBuyersConnection { nodes: [ProductBuyers]! }
  type ProductBuyers { productId: Int! name: String! currentPrice: Decimal! }
`;

const orderColumns = `order_id as orderId, status, date_placed as placedAt, date_shipped as shippedAt, subtotal,
  sales_tax as salesTax, total, customer_id as customerId`;

interface OrderRow extends RowDataPacket {
  readonly orderId: number;
  readonly placedAt: string;
  readonly shippedAt: string | null;
  readonly customerId: number;
}
interface PageArguments {
  readonly first: number;
  readonly ids?: readonly number[];
}
interface BuyerRow extends RowDataPacket {
  readonly customerId: number;
}
interface ItemRow extends RowDataPacket {
  readonly orderId: number;
}

const { hostname, port, username, password, pathname } = new URL(mariadbUrl);
const db = mysql.createPool({
  host: hostname,
  port: Number(port),
  user: decodeURIComponent(username),
  password: decodeURIComponent(password),
  database: pathname.slice(1),
  connectionLimit: Number(connections),
  dateStrings: true,
});

const toMoment = (text: string): string => `${text.replace(" ", "T")}Z`;
const toOrder = (row: OrderRow) => ({
  ...row,
  placedAt: toMoment(row.placedAt),
  shippedAt: row.shippedAt === null ? null : toMoment(row.shippedAt),
});

const resolvers = {
  Query: {
    async orderDetails(_root: unknown, { id }: { readonly id: string }) {
      const [[row]] = await db.query<OrderRow[]>(`select ${orderColumns} from \`order\` where order_id = ?`, [
        Number(id),
      ]);
      return row ? toOrder(row) : null;
    },
    async orderDetailsConnection(_root: unknown, { first, ids }: PageArguments) {
      const [condition, values] = ids ? ["where order_id in (?)", [ids]] : ["", []];
      const sql = `select ${orderColumns} from \`order\` ${condition} order by order_id limit ?`;
      const [rows] = await db.query<OrderRow[]>(sql, [...values, first]);
      return { nodes: rows.map(toOrder) };
    },
    async productBuyersConnection(_root: unknown, { first }: { readonly first: number }) {
      const sql =
        "select product_id as productId, name, current_price as currentPrice from product order by product_id limit ?";
      const [nodes] = await db.query<RowDataPacket[]>(sql, [first]);
      return { nodes };
    },
  },
};

type OrderQueries = readonly { readonly obj: OrderRow }[];

// No cache: it would name each row by its JSON text, and no order is asked for twice.
const opts = { cache: false };
const loaders: MercuriusLoaders = {
  OrderDetails: {
    buyer: {
      async loader(queries: OrderQueries) {
        const sql =
          "select customer_id as customerId, concat(first_name, ' ', last_name) as name from customer where customer_id in (?)";
        const [rows] = await db.query<BuyerRow[]>(sql, [queries.map(({ obj }) => obj.customerId)]);
        const found = new Map(rows.map((row) => [row.customerId, row]));
        return queries.map(({ obj }) => found.get(obj.customerId));
      },
      opts,
    },
    items: {
      async loader(queries: OrderQueries) {
        const sql = `select line.order_id as orderId, line.product_id as productId, product.name, line.quantity,
            line.unit_price as unitPrice, line.line_total as lineTotal
          from orderline as line join product on product.product_id = line.product_id
          where line.order_id in (?) order by line.order_id, line.product_id`;
        const [rows] = await db.query<ItemRow[]>(sql, [queries.map(({ obj }) => obj.orderId)]);
        const found = new Map<number, ItemRow[]>();
        for (const row of rows) {
          const known = found.get(row.orderId);
          if (known) known.push(row);
          else found.set(row.orderId, [row]);
        }
        return queries.map(({ obj }) => found.get(obj.orderId) ?? []);
      },
      opts,
    },
  },
};

const app = Fastify();
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
process.on("disconnect", () => process.exit());
const address = await app.listen({ host: "127.0.0.1", port: 0 });
process.send?.({ url: `${address}/graphql` });
