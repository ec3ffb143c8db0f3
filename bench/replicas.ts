import { setTimeout as sleep } from "node:timers/promises";
import { openReplicatedServers, type ReplicatedServer } from "../test/support/replicated-servers.ts";
import project from "../vitrine.config.ts";
import { type BenchContext, median } from "./bench-context.ts";
import { spend } from "./cpu-time.ts";
import { startGateway } from "./graphql-servers.ts";
import {
  assertSame,
  CONNECTIONS,
  cpuPer1000,
  describe,
  type Measured,
  measureTurns,
  perSecond,
  type Side,
} from "./measure-sides.ts";
import { type Question, questions } from "./shop-questions.ts";
import { withShop } from "./with-shop.ts";

const TURNS = 3;
/** Of each turn. */
const REQUESTS = 3000;
/** How long they are watched while nobody asks. */
const IDLE_MS = 5000;
/** As one is given a machine: all of the shop fits. */
const args = ["--innodb-buffer-pool-size=256M", "--innodb-log-file-size=64M"];
const names = ["primary", "replica 1", "replica 2"] as const;

type Turn = readonly [Measured, Measured, Measured];

/** What a live read costs on a replica beside the primary, and how many more of them two replicas carry. */
export async function run(context: BenchContext): Promise<void> {
  const replicated = await openReplicatedServers({ replicas: 2, args });
  const [primary, one, other] = replicated.servers as [ReplicatedServer, ReplicatedServer, ReplicatedServer];
  const servers = Object.fromEntries(
    replicated.servers.map(({ pid }, index) => [names[index] ?? "", pid()] as const),
  );
  const mariadbUrl = Object.assign(new URL(primary.url), { pathname: "/" }).href;
  try {
    await withShop(
      { ...context, mariadbUrl },
      context.scale ?? 1,
      async (shop) => {
        for (const replica of [one, other]) await replica.catchUp(primary);
        const readUrl = (...chosen: readonly ReplicatedServer[]) => ({
          MARIADB_READ_URL: replicated.addressOf(chosen, new URL(shop.mariadbUrl).pathname.slice(1)),
        });
        const gateways = {
          primary: await startGateway(shop, CONNECTIONS),
          "a replica": await startGateway(shop, CONNECTIONS, readUrl(one)),
          "two replicas": await startGateway(shop, CONNECTIONS, readUrl(one, other)),
        };
        try {
          context.print(
            `\nLive reads, ${CONNECTIONS} connections, on replicas beside the primary; ${TURNS} turns of ${REQUESTS} requests`,
          );
          const idle = await measureIdle(
            context,
            servers,
            Object.values(gateways).map(({ pid }) => pid),
          );
          for (const question of questions.filter(({ variables }) => variables.length > 1)) {
            const bodies = question.variables.map((variables) =>
              JSON.stringify({ query: question.query("LIVE"), variables }),
            );
            const sides = Object.entries(gateways).map(([what, server]) => ({
              ...{ what, server, bodies, amount: REQUESTS },
              // As many for each server.
              connections: what === "two replicas" ? 2 * CONNECTIONS : CONNECTIONS,
            }));
            await measure(context, { servers, idle }, question, sides);
          }
        } finally {
          await Promise.all(Object.values(gateways).map((server) => server.stop()));
        }
      },
      project.domains,
    );
  } finally {
    await replicated.close();
  }
}

/** Processor seconds per second of processes while nobody asks: those of the servers, and of one gateway. */
async function measureIdle(
  context: BenchContext,
  servers: Readonly<Record<string, number>>,
  gateways: readonly (number | undefined)[],
): Promise<Readonly<Record<string, number>>> {
  const last = gateways.at(-1);
  const { cpu, seconds } = await spend({ ...servers, server: last }, () => sleep(IDLE_MS));
  const each = Object.entries(cpu).map(([name, spent]) => [name, spent / seconds] as const);
  const told = each.map(([name, rate]) => `${name} ${(rate * 1000).toFixed(1)}`);
  context.print(
    `  while nobody asks, processor ms per second, of ${gateways.length} gateways' looks: ${told.join(", ")}`,
  );
  return Object.fromEntries(each);
}

async function measure(
  context: BenchContext,
  { servers, idle }: Readonly<Record<"servers" | "idle", Readonly<Record<string, number>>>>,
  { name }: Question,
  sides: readonly Side[],
): Promise<void> {
  await assertSame(sides);
  const seen = (await measureTurns(servers, sides, TURNS)) as readonly Turn[]; // one of each side
  const turns = seen.map((turn) => turn.map((one) => withoutIdle(one, idle)) as unknown as Turn);
  context.print(`\n  ${name}`);
  for (const [index, { what }] of sides.entries())
    context.print(`  ${what.padEnd(12)} ${describe(turns.map((turn) => turn[index] as Measured))}`);
  const middle = (ratio: (turn: Turn) => number) => median(turns.map(ratio)).toFixed(2);
  const price = (one: Measured) => cpuPer1000(one, "server", ...names);
  context.print(
    `  a replica beside the primary: ${middle(([of, on]) => price(on) / price(of))} × the processor time, ${middle(([of, on]) => perSecond(on) / perSecond(of))} × the requests per second`,
  );
  const busiest = (one: Measured) => Math.max(...names.map((server) => cpuPer1000(one, server)));
  context.print(
    `  two replicas carry ${middle(([of, , on]) => busiest(of) / busiest(on))} × what one server does, by the processor time of the busiest`,
  );
}

/** What the requests cost: without what the processes do anyway, which on a slow machine is much of a request. */
const withoutIdle = ({ result, spent }: Measured, idle: Readonly<Record<string, number>>): Measured => ({
  result,
  spent: {
    ...spent,
    cpu: Object.fromEntries(
      Object.entries(spent.cpu).map(([name, cpu]) => [name, cpu - (idle[name] ?? 0) * spent.seconds]),
    ),
  },
});
