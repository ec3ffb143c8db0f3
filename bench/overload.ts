import autocannon, { type Result } from "autocannon";
import { fillMirror } from "../test/support/fill-mirror.ts";
import project from "../vitrine.config.ts";
import { type BenchContext, median } from "./bench-context.ts";
import { type GraphqlServer, startGateway } from "./graphql-servers.ts";
import { withShop } from "./with-shop.ts";

const CONNECTIONS = [1, 4, 16, 50, 100, 200];
const SECONDS = 3;
const TURNS = 3;
const MODEST = 4;
const GREEDY = 100;

const order =
  "{ orderId status total buyer { customerId name } items { productId name quantity unitPrice lineTotal } }";
/** Each time another of so many documents. */
const bodies = (query: string, most: number): readonly string[] =>
  Array.from({ length: 200 }, (_, n) =>
    JSON.stringify({ query, variables: { id: String(1 + ((7 * n) % most)) } }),
  );

/** One order, and pages that cost a hundred times as much. */
const small = bodies(`query One($id: ID!) { orderDetails(id: $id source: MIRROR) ${order} }`, 2000);
const large = bodies(
  `query Page($id: ID!) { orderDetailsConnection(first: 100 source: MIRROR) { nodes ${order} } customerOrders(id: $id) { name } }`,
  2000,
);

/** A gateway that lets in what it can do, and one that lets in all. */
interface Sides {
  readonly "with admission": GraphqlServer;
  readonly without: GraphqlServer;
}

/** What many connections, and one greedy client, do to those who ask, beside a gateway that lets everybody in at once. */
export const run = (context: BenchContext): Promise<void> =>
  withShop(
    context,
    context.scale ?? 1,
    async (shop) => {
      await fillMirror(shop.admin, shop.mongo, project);
      // Addresses stand for clients: all of a bench come from one.
      const proxied = { VITRINE_PROXIES: "1", VITRINE_AUTH: "none" };
      const sides: Sides = {
        "with admission": await startGateway(shop, 10, proxied),
        without: await startGateway(shop, 10, { ...proxied, VITRINE_MAX_OPERATIONS: "0" }),
      };
      try {
        for (const server of Object.values(sides))
          await load(server, small, { connections: 16, clients: 16 }); // compiled
        await measureGoodput(context, sides);
        await measureShares(context, sides);
      } finally {
        await Promise.all(Object.values(sides).map((server) => server.stop()));
      }
    },
    project.domains,
  );

async function measureGoodput(context: BenchContext, sides: Sides): Promise<void> {
  context.print(
    `\nAnswers per second by connections, each another client: one of 21 asks for 100 orders, the others for one; ${TURNS} turns of ${SECONDS} s`,
  );
  const mixed = small.flatMap((body, n) => [body, ...(n % 20 === 0 ? [large[n] ?? body] : [])]);
  for (const [what, server] of Object.entries(sides)) {
    const rates: number[] = [];
    for (const connections of CONNECTIONS) {
      const turns: Result[] = [];
      for (let turn = 0; turn < TURNS; turn += 1)
        turns.push(await load(server, mixed, { connections, clients: connections }));
      const rate = median(turns.map((one) => one["2xx"] / one.duration));
      rates.push(rate);
      const refused = turns.reduce((sum, one) => sum + one.non2xx, 0);
      context.print(
        `  ${what.padEnd(14)} ${String(connections).padStart(3)} connections ${String(Math.round(rate)).padStart(6)}/s  p99 ${String(median(turns.map(({ latency }) => latency.p99))).padStart(5)} ms  refused ${refused}`,
      );
    }
    const last = rates.at(-1) ?? 0;
    context.print(
      `  ${what.padEnd(14)} at ${CONNECTIONS.at(-1)}: ${((100 * last) / Math.max(...rates)).toFixed(0)} % of its best`,
    );
  }
}

async function measureShares(context: BenchContext, sides: Sides): Promise<void> {
  context.print(
    `\nOne order for a modest client of ${MODEST} connections, beside a greedy one of ${GREEDY}; ${TURNS} turns of ${SECONDS} s`,
  );
  for (const [greedyAsks, questions] of [
    ["the same", small],
    ["100 orders", large],
  ] as const)
    for (const [what, server] of Object.entries(sides)) {
      const alone: number[] = [];
      const beside: number[] = [];
      const done: number[] = [];
      for (let turn = 0; turn < TURNS; turn += 1) {
        alone.push((await load(server, small, { connections: MODEST, clients: 1 })).latency.p99);
        const [modest, greedy] = await Promise.all([
          load(server, small, { connections: MODEST, clients: 1 }),
          load(server, questions, { connections: GREEDY, clients: 1, network: 2 }),
        ]);
        beside.push(modest.latency.p99);
        done.push(greedy["2xx"] / greedy.duration);
      }
      const ratio = median(beside) / median(alone);
      context.print(
        `  ${what.padEnd(14)} greedy asks for ${greedyAsks.padEnd(10)}  p99 alone ${median(alone)} ms, beside ${median(beside)} ms: ${ratio.toFixed(1)} ×; greedy gets ${Math.round(median(done))}/s`,
      );
    }
}

interface Load {
  readonly connections: number;
  /** Addresses that they come from. */
  readonly clients: number;
  readonly network?: number;
}

function load(
  server: GraphqlServer,
  questions: readonly string[],
  { connections, clients, network = 1 }: Load,
): Promise<Result> {
  let sent = 0;
  const setupRequest = (request: { readonly headers?: object }) => {
    sent += 1;
    return {
      ...request,
      headers: { ...request.headers, "x-forwarded-for": `10.${network}.0.${sent % clients}` },
      body: questions[sent % questions.length],
    };
  };
  const headers = { "content-type": "application/json" };
  return autocannon({
    url: server.url,
    requests: [{ method: "POST", headers, setupRequest }],
    connections,
    duration: SECONDS,
  });
}
