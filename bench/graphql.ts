import autocannon, { type Result } from "autocannon";
import { fillMirror } from "../test/support/fill-mirror.ts";
import project from "../vitrine.config.ts";
import { openReplay, recordStatements } from "./bare-statements.ts";
import { type BenchContext, median } from "./bench-context.ts";
import { type Spent, spend } from "./cpu-time.ts";
import { type GraphqlServer, startGateway, startPeer } from "./graphql-servers.ts";
import { type BenchShop, withShop } from "./with-shop.ts";

const CONNECTIONS = 16;
const SECONDS = 2;
const TURNS = 5;
/** Whoever has it sees all of what is asked here but for the names of buyers, through a schema and a guard of their own. */
const ROLE = "support";
/** What of a buyer's name is left to that role: the last four characters, of one with eight or more. */
const maskNames = (answers: string): string =>
  answers.replaceAll(
    /("buyer":\{"customerId":\d+,"name":")([^"]*)"/g,
    (_, before: string, name: string) => `${before}…${name.length < 8 ? "" : name.slice(-4)}"`,
  );

type Source = "LIVE" | "MIRROR";

/** What is asked: of ours with a source, of theirs without. */
interface Question {
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
const questions: readonly Question[] = [
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

/** One who answers a question, under load. */
interface Side {
  readonly what: string;
  readonly server: GraphqlServer;
  readonly bodies: readonly string[];
  readonly isMasked: boolean;
}

interface Measured {
  readonly result: Result;
  readonly spent: Spent;
}

/** What GraphQL costs, beside a server for the same questions that is written by hand with Mercurius. */
export const run = (context: BenchContext): Promise<void> =>
  withShop(
    context,
    context.scale ?? 1,
    async (shop) => {
      await fillMirror(shop.admin, shop.mongo, project);
      const ours = await startGateway(shop, CONNECTIONS);
      const guarded = await startGateway(shop, CONNECTIONS, {}, ROLE);
      const theirs = await startPeer(shop, CONNECTIONS);
      try {
        context.print(
          `\nGraphQL, ${CONNECTIONS} connections, beside resolvers by hand (Mercurius with JIT and loaders); ${TURNS} turns of ${SECONDS} s`,
        );
        for (const question of questions) await measure(context, shop, { ours, guarded, theirs }, question);
      } finally {
        await Promise.all([ours.stop(), guarded.stop(), theirs.stop()]);
      }
    },
    project.domains,
  );

async function measure(
  context: BenchContext,
  shop: BenchShop,
  { ours, guarded, theirs }: Readonly<Record<"ours" | "guarded" | "theirs", GraphqlServer>>,
  question: Question,
): Promise<void> {
  const side = (what: string, server: GraphqlServer, source?: Source): Side => {
    const query = question.query(source);
    return {
      what,
      server,
      isMasked: server === guarded,
      bodies: question.variables.map((variables) => JSON.stringify({ query, variables })),
    };
  };
  const peer = side("Mercurius", theirs);
  const sides = [side("live", ours, "LIVE"), peer, side("mirror", ours, "MIRROR")];
  if (question.role)
    sides.push(side("live, a role", guarded, "LIVE"), side("mirror, a role", guarded, "MIRROR"));
  await assertSame(sides);
  for (const one of sides) await load(one); // compiled, and in the caches of the databases
  const turns: Measured[][] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const measured: Measured[] = [];
    for (const one of sides) measured.push(await measureSide(context, one));
    turns.push(measured);
  }
  context.print(`\n  ${question.name}`);
  const perSecond = ({ result }: Measured) => result.requests.total / result.duration;
  for (const [index, { what }] of sides.entries()) {
    const all = turns.map((turn) => turn[index] as Measured); // each turn has all sides
    // Beside Mercurius; with a role, beside the same without one.
    const other = index === 3 ? 0 : index === 4 ? 2 : 1;
    const ratio = median(
      turns.map((turn) => perSecond(turn[index] as Measured) / perSecond(turn[other] as Measured)),
    );
    const beside = sides[other]?.what;
    context.print(`  ${what.padEnd(15)} ${describe(all, perSecond)}  ${ratio.toFixed(2)} × ${beside}`);
  }
  await printFloor(context, shop, sides);
}

/** What the statements of a request take when nothing else is done. */
async function printFloor(context: BenchContext, shop: BenchShop, sides: readonly Side[]): Promise<void> {
  const replay = await openReplay(shop, CONNECTIONS);
  for (const { what, server, bodies } of sides.slice(0, 2)) {
    const [body = ""] = bodies;
    await ask(server, body); // what is looked up every few seconds is no part of a request
    const statements = await recordStatements(shop, () => ask(server, body));
    const rates: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) rates.push(await replay.run(statements, SECONDS / 2));
    context.print(
      `  ${String(Math.round(median(rates))).padStart(17)}/s  the ${statements.length} statements of ${what} alone, by mysql2`,
    );
  }
  await replay.close();
}

async function measureSide(context: BenchContext, side: Side): Promise<Measured> {
  let result: Result | undefined;
  const spent = await spend({ server: side.server.pid, ...context.servers }, async () => {
    result = await load(side);
  });
  if (!result) throw new Error("Nothing was measured.");
  return { result, spent };
}

/** The middle of the turns: requests per second, latency, and what the processes computed for a thousand requests. */
function describe(all: readonly Measured[], perSecond: (measured: Measured) => number): string {
  const middle = (read: (measured: Measured) => number) => median(all.map(read));
  const cpu = (name: string) =>
    middle(({ spent, result }) => ((spent.cpu[name] ?? Number.NaN) * 1000) / result.requests.total);
  const processes = Object.keys(all[0]?.spent.cpu ?? {});
  return [
    `${Math.round(middle(perSecond))}/s`.padStart(7),
    `p50 ${middle(({ result }) => result.latency.p50).toFixed(0)} ms, p99 ${middle(({ result }) => result.latency.p99).toFixed(0)} ms`,
    `processor s per 1000: ${processes.map((name) => `${name} ${cpu(name).toFixed(2)}`).join(", ")}`,
  ].join("  ");
}

const post = { method: "POST", headers: { "content-type": "application/json" } } as const;

async function ask(server: GraphqlServer, body: string): Promise<string> {
  const headers = { ...post.headers, ...server.headers };
  const answer = (await (await fetch(server.url, { ...post, headers, body })).json()) as {
    readonly data: unknown;
  };
  return JSON.stringify(answer.data);
}

async function assertSame(sides: readonly Side[]): Promise<void> {
  const [first, ...others] = await Promise.all(
    sides.map(async ({ server, bodies }) => {
      const answers: string[] = [];
      for (const body of bodies) answers.push(await ask(server, body));
      return answers.join("\n");
    }),
  );
  if (!first?.includes("Id")) throw new Error(`live has no answer: ${first}`);
  for (const [index, other] of others.entries()) {
    const { what, isMasked } = sides[index + 1] as Side; // one answer of each side
    const expected = isMasked ? maskNames(first) : first;
    if (other !== expected) throw new Error(`live and ${what} differ: ${firstDifference(expected, other)}`);
  }
}

async function load({ server, bodies, what }: Side): Promise<Result> {
  let sent = 0;
  // All connections take from one row, so that no two ask for the same at a time where there are several questions.
  const setupRequest = (request: object) => ({ ...request, body: bodies[sent++ % bodies.length] });
  const requests = [{ ...post, headers: { ...post.headers, ...server.headers }, setupRequest }];
  const result = await autocannon({
    url: server.url,
    requests,
    connections: CONNECTIONS,
    duration: SECONDS,
  });
  if (result.errors + result.non2xx > 0) throw new Error(`${what} failed under load.`);
  return result;
}

/** Where two texts begin to differ. */
function firstDifference(left: string, right: string): string {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const cut = (text: string) => text.slice(Math.max(at - 40, 0), at + 40);
  return `${cut(left)} | ${cut(right)}`;
}
