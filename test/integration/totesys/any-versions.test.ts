import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MariaDbConnection } from "../../../src/stores/mariadb/mariadb.ts";
import { prepareTote } from "../../domains/totesys/prepare-tote.ts";
import { toteProject } from "../../domains/totesys/tote-project.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readTestSeed } from "../../support/test-seed.ts";
import { changeSale, deleteSale, insertSale, readVersions } from "../../support/tote-history.ts";

/** Others on each run. VITRINE_TEST_SEED repeats one. */
const seed = readTestSeed();

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: toteProject });
  await prepareTote(database.admin);
  await insertSale(database.admin, 1000, 1);
});
afterAll(() => database?.close());

interface Step {
  readonly kind: "insert" | "change" | "delete" | "renumber" | "clock" | "begin" | "rollback";
  /** One of three orders, and another. */
  readonly order: number;
  readonly other: number;
  readonly units: number;
}

const order = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    ...(["insert", "insert", "change", "change", "change", "delete", "renumber"] as const),
    ...(["clock", "begin", "rollback"] as const),
  ),
  order,
  other: order,
  units: fc.integer({ min: 1, max: 3 }),
});

/** What the orders say, by their numbers, and what each has said so far: kept without a look at the database's versions. */
interface Known {
  readonly live: ReadonlyMap<number, number>;
  readonly said: Readonly<Record<number, readonly string[]>>;
}

const say = (known: Known, id: number, units: number | null): Known => {
  const before = known.live.get(id);
  if (before === (units ?? undefined)) return known;
  const live = new Map(known.live);
  if (units === null) live.delete(id);
  else live.set(id, units);
  const text = units === null ? `-${before}` : `+${units}`;
  return { live, said: { ...known.said, [id]: [...(known.said[id] ?? []), text] } };
};

/** Does a step, or nothing where there is no such order; what is known afterwards. */
async function write(connection: MariaDbConnection, base: number, step: Step, known: Known): Promise<Known> {
  const [id, other] = [base + step.order, base + step.other];
  const units = known.live.get(id);
  if (step.kind === "insert" && units === undefined) {
    await insertSale(connection, id, step.units);
    return say(known, id, step.units);
  }
  if (units === undefined) return known;
  if (step.kind === "change") {
    await changeSale(connection, id, step.units);
    return say(known, id, step.units);
  }
  if (step.kind === "delete") {
    await deleteSale(connection, id);
    return say(known, id, null);
  }
  if (step.kind === "renumber" && !known.live.has(other)) {
    await connection.run("update sales_order set sales_order_id = ? where sales_order_id = ?", [other, id]);
    return say(say(known, id, null), other, units);
  }
  return known;
}

/** Clocks go forth and back by hours, and stand still. */
const toClock = ({ order, other, units }: Step) => `2026-0${order}-0${other} 0${units}:00:00.000500`;

let rounds = 0;
test(`Any writes, transactions and clocks leave exactly the versions that were committed, in their order (VITRINE_TEST_SEED=${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      rounds += 1;
      const base = 10_000 + 10 * rounds;
      const known = await database.admin.withConnection((connection) => writeAll(connection, base, steps));
      for (const id of [1, 2, 3].map((n) => base + n)) {
        const versions = await readVersions(database.admin, id);
        expect(versions.map(({ says }) => says)).toEqual(known.said[id] ?? []);
        expect(versions.map(({ number }) => number)).toEqual(versions.map((_, index) => index + 1));
        for (const { from, to } of versions) expect(to === null || from <= to).toBe(true);
        // The last is what is there now.
        const [row] = await database.admin.query<{ units_sold: number }>(
          "select units_sold from fact_sales_order where sales_order_id = ?",
          [id],
        );
        expect(known.live.get(id)).toBe(row?.units_sold);
        expect(versions.at(-1)?.says.startsWith("+") ?? false).toBe(row !== undefined);
      }
    }),
    { numRuns: 60, seed },
  );
});

async function writeAll(connection: MariaDbConnection, base: number, steps: readonly Step[]): Promise<Known> {
  let known: Known = { live: new Map(), said: {} };
  let committed: Known | undefined;
  for (const step of steps)
    if (step.kind === "clock") await connection.run("set timestamp = unix_timestamp(?)", [toClock(step)]);
    else if (step.kind === "begin") {
      // Commits what was begun.
      await connection.run("start transaction");
      committed = known;
    } else if (step.kind === "rollback") {
      await connection.run("rollback");
      known = committed ?? known;
      committed = undefined;
    } else known = await write(connection, base, step, known);
  await connection.run("commit");
  await connection.run("set timestamp = default");
  return known;
}
