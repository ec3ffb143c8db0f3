import { readFileSync } from "node:fs";
import { fillMirror } from "../test/support/fill-mirror.ts";
import project from "../vitrine.config.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";
import { exportInChild } from "./export.ts";
import { type GraphqlServer, startGateway } from "./graphql-servers.ts";
import { type BenchShop, time, withShop } from "./with-shop.ts";

const ROUNDS = 3;
const CONNECTIONS = 10;

/** All that `vitrine export` writes of an order. */
const order =
  "orderId status placed shipped subtotal salesTax total buyer { customerId name } items { productId name quantity unitPrice lineTotal }";
const ordersBy = (order_: string, more = "") =>
  `{ orderDetailsConnection(source: LIVE${order_}) { nodes { ${order} ${more} } } }`;

/** Ways to a CSV over HTTP, each beside the command for the same model. */
const files = [
  { what: "GET /export/sales.csv", model: "sales", path: "/export/sales.csv?source=live" },
  { what: "GET /export/sales.csv, from the mirror", model: "sales", path: "/export/sales.csv?source=mirror" },
  { what: "a query for all orders", model: "order_details", query: ordersBy("") },
  {
    what: "the same by date, page by page",
    model: "order_details",
    query: ordersBy(" orderBy: [PLACED_ASC]"),
  },
  {
    what: "the same with a link, page by page",
    model: "order_details",
    query: ordersBy("", "customer { state }"),
  },
] as const;
type File = (typeof files)[number];

/**
 * What a CSV takes over HTTP beside `vitrine export --format csv` of the same model, which writes it to a file; and the
 * memory of the gateway at a tenth of the scale and at the scale: it must not grow.
 */
export async function run(context: BenchContext): Promise<void> {
  const scale = context.scale ?? 4;
  const peaks: string[] = [];
  const measure = (size: number) => async (shop: BenchShop) => {
    await fillMirror(shop.admin, shop.mongo, project);
    const gateway = await startGateway(shop, CONNECTIONS);
    const watch = watchMemory(gateway.pid);
    try {
      const idle = Math.round(watch.highest());
      await compare(context, shop, gateway, size);
      peaks.push(`scale ${size}: ${Math.round(watch.highest())} MiB (idle ${idle})`);
    } finally {
      watch.stop();
      await gateway.stop();
    }
  };
  for (const size of [scale / 10, scale]) await withShop(context, size, measure(size), project.domains);
  context.print(`  most memory of the gateway: ${peaks.join(", ")}`);
}

async function compare(
  context: BenchContext,
  shop: BenchShop,
  gateway: GraphqlServer,
  scale: number,
): Promise<void> {
  const seconds = new Map<string, number[]>();
  const rows = new Map<string, number>();
  const note = (what: string, value: number) => seconds.set(what, [...(seconds.get(what) ?? []), value]);
  const command = (model: string) => `vitrine export ${model}`;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const model of new Set(files.map((file) => file.model)))
      note(command(model), (await exportInChild(shop, "csv", model)).seconds);
    for (const file of files)
      note(file.what, await time(async () => rows.set(file.model, await countLines(gateway, file))));
  }
  for (const model of new Set(files.map((file) => file.model))) {
    const own = files.filter((file) => file.model === model).map(({ what }) => what);
    const shown = [command(model), ...own].map((what) => ({
      what,
      seconds: median(seconds.get(what) ?? []),
    }));
    const title = `CSV of ${rows.get(model)?.toLocaleString("en")} rows over HTTP, scale ${scale}`;
    printRatios(context, title, command(model), shown);
  }
}

/** Fetches a file to its end, keeps nothing of it, and tells how many lines it has after its header. */
async function countLines({ url }: GraphqlServer, file: File): Promise<number> {
  const headers = { accept: "text/csv", "content-type": "application/json" };
  const response = await ("path" in file
    ? fetch(new URL(file.path, url))
    : fetch(url, { method: "POST", headers, body: JSON.stringify({ query: file.query }) }));
  if (!response.ok || !response.body) throw new Error(`${file.what}: ${await response.text()}`);
  let lines = 0;
  for await (const chunk of response.body) for (const byte of chunk) if (byte === LINE_FEED) lines += 1;
  return lines - 1;
}

const LINE_FEED = 10;

/** Looks at the memory of a process ten times a second. */
function watchMemory(pid: number | undefined) {
  const read = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  let highest = read();
  const timer = setInterval(() => {
    highest = Math.max(highest, read());
  }, 100);
  return { highest: () => highest, stop: () => clearInterval(timer) };
}
