import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "./wait-until.ts";

const kinds = ["mutation", "LIVE", "AUTO behind a token", "AUTO"] as const;
type Kind = (typeof kinds)[number];

/** One question to a gateway; `code` is that of its error, null when it was answered. */
interface Asked {
  readonly kind: Kind;
  readonly code: string | null;
  readonly begunAt: number;
  readonly endedAt: number;
}

/** Clients of a gateway, each of which sets the price of one product, and reads it. */
export interface GatewayTraffic {
  /** Until something that was asked for after this moment was written, and read live. @throws after two minutes */
  recovered(since: number): Promise<void>;
  /** No more questions; settles when the last is answered. */
  stop(): Promise<void>;
  /** Milliseconds from `since` to the last failure before `until`, or to the first write after `since` when that is later. */
  recoverMs(since: number, until: number): number;
  /** How many questions of each kind were answered and how many not, with the codes. */
  describe(): string;
  /** What no fault excuses: AUTO without an answer, a code that does not say what happened, an answer older than it says. */
  readonly broken: readonly string[];
}

/** Prices only rise: whoever reads a smaller one has gone back in time. */
interface Known {
  readonly product: number;
  last: number;
  readonly acknowledged: { readonly at: number; readonly price: number }[];
}

interface Reply {
  readonly data?: Record<string, { readonly currentPrice: string; readonly token?: string | null } | null>;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly extensions?: { readonly freshness?: readonly { readonly asOf: string; readonly node?: string }[] };
}

/** Nobody waits longer for an answer. */
const PATIENCE_MS = 60_000;
/** What a client may be told in a fault. AUTO may not, unless it is to show a write that only a server which is away has. */
const excused = new Set(["SOURCE_UNAVAILABLE", "OUTCOME_UNKNOWN"]);

/** @param products one for each client */
export function startGatewayTraffic(port: number, products: readonly number[]): GatewayTraffic {
  const asked: Asked[] = [];
  const broken: string[] = [];
  let isOver = false;

  const ask = async (kind: Kind, query: string): Promise<Reply> => {
    const begunAt = Date.now();
    const reply = await send(port, query);
    const [error] = reply.errors ?? [];
    const code = error?.extensions.code ?? null;
    asked.push({ kind, code, begunAt, endedAt: Date.now() });
    if (code !== null && (kind === "AUTO" || !excused.has(code)))
      broken.push(`${kind}: ${code} after ${Date.now() - begunAt} ms: ${error?.message}`);
    return reply;
  };
  const write = async (known: Known): Promise<string | null> => {
    known.last += 1;
    const { data } = await ask(
      "mutation",
      `mutation { updatePrice(productId: ${known.product}, price: "${known.last}") { currentPrice token } }`,
    );
    if (!data?.updatePrice) return null;
    known.acknowledged.push({ at: Date.now(), price: known.last });
    return data.updatePrice.token ?? null;
  };
  const read = async ({ product, acknowledged }: Known, kind: "LIVE" | "AUTO", token: string | null) => {
    const behind = token === null ? 0 : (acknowledged.at(-1)?.price ?? 0);
    const after = token === null ? "" : `, afterWrite: "${token}"`;
    const { data, errors, extensions } = await ask(
      kind === "AUTO" && token !== null ? "AUTO behind a token" : kind,
      `{ product(id: "${product}", source: ${kind}${after}) { currentPrice } }`,
    );
    if (!data || errors) return;
    const [said] = extensions?.freshness ?? [];
    const price = Number(data.product?.currentPrice);
    const asOf = Date.parse(said?.asOf ?? "");
    const least = Math.max(behind, acknowledged.findLast(({ at }) => at < asOf)?.price ?? 0);
    if (!(price >= least))
      broken.push(
        `${kind}: ${price} after ${least}${token === null ? "" : " (token)"}: ${JSON.stringify(said)}`,
      );
  };
  const client = async (product: number) => {
    const known: Known = { product, last: 1000, acknowledged: [] };
    while (!isOver) {
      const token = await write(known);
      for (const kind of ["LIVE", "AUTO"] as const) {
        await read(known, kind, token);
        await read(known, kind, null);
      }
      await sleep(20);
    }
  };
  const all = Promise.all(products.map(client));
  const answered = (kind: Kind, since: number) =>
    asked.find((one) => one.kind === kind && one.code === null && one.begunAt > since);
  return {
    broken,
    recovered: (since) =>
      waitUntil("the gateway has recovered", () =>
        Boolean(answered("mutation", since) && answered("LIVE", since)),
      ),
    async stop() {
      isOver = true;
      await all;
    },
    recoverMs(since, until) {
      const failed = asked.filter(({ code, endedAt }) => code !== null && endedAt > since && endedAt < until);
      const moments = [answered("mutation", since), ...failed].map((one) => one?.endedAt ?? since);
      return Math.max(...moments) - since;
    },
    describe: () =>
      kinds
        .map((kind) =>
          describeKind(
            kind,
            asked.filter((one) => one.kind === kind),
          ),
        )
        .join("; "),
  };
}

function describeKind(kind: Kind, asked: readonly Asked[]): string {
  const codes = new Map<string, number>();
  for (const { code } of asked) if (code !== null) codes.set(code, (codes.get(code) ?? 0) + 1);
  const slowest = Math.max(0, ...asked.map(({ begunAt, endedAt }) => endedAt - begunAt));
  const failed = [...codes].map(([code, count]) => `, ${count} × ${code}`).join("");
  return `${asked.length} × ${kind}${failed}, the slowest ${(slowest / 1000).toFixed(1)} s`;
}

async function send(port: number, query: string): Promise<Reply> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Reply;
  } catch (error) {
    return { errors: [{ message: String(error), extensions: { code: "NO_ANSWER" } }] };
  }
}
