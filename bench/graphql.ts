import { fillMirror } from "../test/support/fill-mirror.ts";
import project from "../vitrine.config.ts";
import { openReplay, recordStatements } from "./bare-statements.ts";
import { type BenchContext, median } from "./bench-context.ts";
import { type GraphqlServer, startGateway, startPeer } from "./graphql-servers.ts";
import {
  ask,
  assertSame,
  CONNECTIONS,
  describe,
  type Measured,
  measureTurns,
  perSecond,
  SECONDS,
  type Side,
} from "./measure-sides.ts";
import { type Question, questions, type Source } from "./shop-questions.ts";
import { type BenchShop, withShop } from "./with-shop.ts";

const TURNS = 5;
/** Whoever has it sees all of what is asked here but for the names of buyers, through a schema and a guard of their own. */
const ROLE = "support";
/** What of a buyer's name is left to that role: the last four characters, of one with eight or more. */
const maskNames = (answers: string): string =>
  answers.replaceAll(
    /("buyer":\{"customerId":\d+,"name":")([^"]*)"/g,
    (_, before: string, name: string) => `${before}…${name.length < 8 ? "" : name.slice(-4)}"`,
  );

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
      ...(server === guarded && { toExpected: maskNames }),
      bodies: question.variables.map((variables) => JSON.stringify({ query, variables })),
    };
  };
  const peer = side("Mercurius", theirs);
  const sides = [side("live", ours, "LIVE"), peer, side("mirror", ours, "MIRROR")];
  if (question.role)
    sides.push(side("live, a role", guarded, "LIVE"), side("mirror, a role", guarded, "MIRROR"));
  await assertSame(sides);
  const turns = await measureTurns(context.servers, sides, TURNS);
  context.print(`\n  ${question.name}`);
  for (const [index, { what }] of sides.entries()) {
    const all = turns.map((turn) => turn[index] as Measured); // each turn has all sides
    // Beside Mercurius; with a role, beside the same without one.
    const other = index === 3 ? 0 : index === 4 ? 2 : 1;
    const ratio = median(
      turns.map((turn) => perSecond(turn[index] as Measured) / perSecond(turn[other] as Measured)),
    );
    const beside = sides[other]?.what;
    context.print(`  ${what.padEnd(15)} ${describe(all)}  ${ratio.toFixed(2)} × ${beside}`);
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
