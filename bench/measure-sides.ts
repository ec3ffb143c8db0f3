import autocannon, { type Result } from "autocannon";
import { median } from "./bench-context.ts";
import { type Processes, type Spent, spend } from "./cpu-time.ts";
import type { GraphqlServer } from "./graphql-servers.ts";

/** Who asks at a time. */
export const CONNECTIONS = 16;
/** How long a turn takes. */
export const SECONDS = 2;

/** One who answers a question, under load. */
export interface Side {
  readonly what: string;
  readonly server: GraphqlServer;
  readonly bodies: readonly string[];
  /** Requests of a turn; default: as many as it takes in `SECONDS`. What servers do now and then should be a small part. */
  readonly amount?: number;
  /** Who ask at a time. Default: `CONNECTIONS`. */
  readonly connections?: number;
  /** What becomes of the answers before they are compared with the first side's. */
  readonly toExpected?: (answers: string) => string;
}

/** What a turn of one side was. */
export interface Measured {
  readonly result: Result;
  readonly spent: Spent;
}

/**
 * So many turns, in each of which every side has one: by turn, then by side.
 * @param processes whose processor time is told, beside that of the side's `server`
 */
export async function measureTurns(
  processes: Processes,
  sides: readonly Side[],
  count: number,
): Promise<readonly (readonly Measured[])[]> {
  for (const one of sides) await load(one); // compiled, and in the caches of the databases
  const turns: Measured[][] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const measured: Measured[] = [];
    for (const one of sides) measured.push(await measureSide(processes, one));
    turns.push(measured);
  }
  return turns;
}

async function measureSide(processes: Processes, side: Side): Promise<Measured> {
  let result: Result | undefined;
  const spent = await spend({ server: side.server.pid, ...processes }, async () => {
    result = await load(side);
  });
  if (!result) throw new Error("Nothing was measured.");
  return { result, spent };
}

/** Requests per second. */
export const perSecond = ({ result }: Measured): number => result.requests.total / result.duration;

/** Processor seconds that processes of these names took for a thousand requests. */
export const cpuPer1000 = ({ spent, result }: Measured, ...names: readonly string[]): number =>
  (names.reduce((sum, name) => sum + (spent.cpu[name] ?? Number.NaN), 0) * 1000) / result.requests.total;

/** The middle of the turns: requests per second, latency, and what the processes computed for a thousand requests. */
export function describe(all: readonly Measured[]): string {
  const middle = (read: (measured: Measured) => number) => median(all.map(read));
  const processes = Object.keys(all[0]?.spent.cpu ?? {});
  return [
    `${Math.round(middle(perSecond))}/s`.padStart(7),
    `p50 ${middle(({ result }) => result.latency.p50).toFixed(0)} ms, p99 ${middle(({ result }) => result.latency.p99).toFixed(0)} ms`,
    `processor s per 1000: ${processes.map((name) => `${name} ${middle((one) => cpuPer1000(one, name)).toFixed(2)}`).join(", ")}`,
  ].join("  ");
}

const post = { method: "POST", headers: { "content-type": "application/json" } } as const;

/** The data of an answer, as text. */
export async function ask(server: GraphqlServer, body: string): Promise<string> {
  const headers = { ...post.headers, ...server.headers };
  const answer = (await (await fetch(server.url, { ...post, headers, body })).json()) as {
    readonly data: unknown;
  };
  return JSON.stringify(answer.data);
}

/** @throws when a side answers anything else than the first one does */
export async function assertSame(sides: readonly Side[]): Promise<void> {
  const [first, ...others] = await Promise.all(
    sides.map(async ({ server, bodies }) => {
      const answers: string[] = [];
      for (const body of bodies) answers.push(await ask(server, body));
      return answers.join("\n");
    }),
  );
  if (!first?.includes("Id")) throw new Error(`live has no answer: ${first}`);
  for (const [index, other] of others.entries()) {
    const { what, toExpected = (answers) => answers } = sides[index + 1] as Side; // one answer of each side
    const expected = toExpected(first);
    if (other !== expected) throw new Error(`live and ${what} differ: ${firstDifference(expected, other)}`);
  }
}

/** All questions of a side, over and over, for one turn. @throws when one fails */
async function load({ server, bodies, what, amount, connections = CONNECTIONS }: Side): Promise<Result> {
  let sent = 0;
  // All connections take from one row, so that no two ask for the same at a time where there are several questions.
  const setupRequest = (request: object) => ({ ...request, body: bodies[sent++ % bodies.length] });
  const requests = [{ ...post, headers: { ...post.headers, ...server.headers }, setupRequest }];
  const result = await autocannon({
    url: server.url,
    requests,
    connections,
    ...(amount === undefined ? { duration: SECONDS } : { amount }),
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
