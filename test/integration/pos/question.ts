import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";

/** What an operation takes or gives: read by paths that the operations themselves name. */
export type Answers = Record<string, unknown>;

/** A business question: the example that answers it, and plain SQL over the tables that says what is right. */
export interface Question {
  readonly title: string;
  /** File in examples/pos. */
  readonly example: string;
  readonly variables: (db: MariaDb) => Promise<Answers>;
  /** Rows in order; `:name` is a variable. */
  readonly sql: string;
  /** The same rows, out of the answer. */
  readonly rows: (data: Answers) => readonly (readonly unknown[])[];
  readonly mayBeEmpty?: boolean;
}

type Path = string;

/** The value at a dotted path. */
export const at = (value: unknown, path: Path): unknown =>
  path.split(".").reduce<unknown>((inner, name) => (inner as Answers | null)?.[name], value);

/** One row per element of the list at `list`, with the values at `paths`. */
export const table =
  (list: Path, ...paths: readonly Path[]) =>
  (data: Answers) =>
    ((at(data, list) ?? []) as readonly unknown[]).map((item) => paths.map((path) => at(item, path)));

/** Variables of an operation that needs none. */
export const nothing = async (): Promise<Answers> => ({});
/** The first row of a statement, as variables. */
export const first = async (db: MariaDb, sql: string): Promise<Answers> => ({ ...(await db.query(sql))[0] });

/** Lines of orders that were not cancelled, with their buyers. */
export const sold = `orderline l join \`order\` o on o.order_id = l.order_id and o.status <> 'cancelled'
  join customer c on c.customer_id = o.customer_id join city t on t.zip = c.zip
  join product p on p.product_id = l.product_id`;
/** The value with the most orders: questions about it have long answers. */
export const busiest = (what: string) =>
  `select ${what} from ${sold} group by 1 order by count(distinct o.order_id) desc, 1 limit 1`;
