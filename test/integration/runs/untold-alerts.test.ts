import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { createTeller } from "../../../src/app/tell-alerts.ts";
import { watchAlerts } from "../../../src/app/watch-alerts.ts";
import { createAlertBook } from "../../../src/core/alert-book.ts";
import { raiseAlerts, readLatestAlerts } from "../../../src/core/alerts.ts";
import { createLogger } from "../../../src/log.ts";
import type { Look } from "../../../src/monitor/find-conditions.ts";
import type { TellReceiver } from "../../../src/monitor/send-alert.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { intercept } from "../../support/intercept.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());
// Before, not after: what a test keeps going ends after its hooks.
beforeEach(() => database.admin.query("delete from vitrine_alert; delete from vitrine_lease"));

const nothing: Look = {
  ...{ runs: [], models: [], lagLimitMs: 60_000, capture: null, schedules: {}, states: [] },
  now: new Date(),
};
const lost: Look = { ...nothing, capture: "Trigger bed_after_insert_capture is missing." };

/** Watches, as a node of its own, until the test ends. */
function watch(look: () => Promise<Look>, tell: TellReceiver, db: MariaDb = database.loader) {
  const stop = new AbortController();
  const logger = createLogger("silent");
  const watched = watchAlerts({ db, logger, look, tell, lookMs: 300 }, stop.signal);
  onTestFinished(() => {
    stop.abort();
    return watched;
  });
}
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("A node whose receiver is away, and whose lease another has by now, waits as long as ever", async () => {
  let statements = 0;
  const counted = intercept(database.loader, async () => {
    statements += 1;
  });
  let tries = 0;
  const tell: TellReceiver = async () => {
    tries += 1;
    return { outcome: "away", reason: "it says so" };
  };
  watch(async () => lost, tell, counted);
  await expect.poll(() => tries).toBe(1);
  await database.admin.run(
    `insert into vitrine_lease (lease_name, holder, expires_at)
    values ('alerts', 'another', utc_timestamp(3) + interval 1 hour)
    on duplicate key update holder = values(holder), expires_at = values(expires_at)`,
  );
  // By then the next try is overdue.
  await rest(1500);
  statements = 0;
  await rest(3000);
  expect(statements).toBeGreaterThan(0);
  expect(statements).toBeLessThan(40);
});

test("What was raised is told, also while nobody can judge what is wrong now", async () => {
  await raiseAlerts(database.loader, [{ kind: "capture", subject: "triggers", message: "They are gone." }]);
  const told: string[] = [];
  watch(
    () => Promise.reject(new Error("nobody can")),
    async ({ type }) => {
      told.push(type);
      return { outcome: "taken" };
    },
  );
  await expect.poll(() => told).toEqual(["alert.raised"]);
  expect(await readLatestAlerts(database.reader, 9)).toMatchObject([{ overAt: null }]);
});

test("An event that is refused holds up none that comes later, and is tried less and less often", async () => {
  let now: Look = { ...nothing, models: [{ model: "bed", lagMs: 0, rejected: 3 }] };
  let refusals = 0;
  const taken: number[] = [];
  watch(
    async () => now,
    async ({ data }) => {
      if (data.kind === "rejected") {
        refusals += 1;
        return { outcome: "refused", reason: "it says so" };
      }
      taken.push(refusals);
      return { outcome: "taken" };
    },
  );
  // The next try of that comes after four seconds.
  await expect.poll(() => refusals, { timeout: 15_000 }).toBe(3);
  now = { ...now, capture: lost.capture };
  await expect.poll(() => taken, { timeout: 15_000 }).toEqual([3]);
}, 40_000);

test("An event that is refused for good is given up, and what follows it is told", async () => {
  const { loader: db } = database;
  await raiseAlerts(db, [{ kind: "capture", subject: "triggers", message: "They are gone." }]);
  let tries = 0;
  const teller = createTeller({
    ...{ book: { ...createAlertBook(db, "test"), hold: async () => true }, database: db.database },
    ...{ logger: createLogger("silent"), mostRefusals: 2 },
    tell: async () => {
      tries += 1;
      return { outcome: "refused", reason: "it says so" };
    },
  });
  const { signal } = new AbortController();
  await teller.tellAll(signal);
  const retryAt = teller.nextRetryAt() ?? 0;
  expect(retryAt).toBeGreaterThan(Date.now());
  // Not due yet.
  await teller.tellAll(signal);
  expect(tries).toBe(1);
  await rest(retryAt - Date.now() + 10);
  await teller.tellAll(signal);
  await teller.tellAll(signal);
  expect(tries).toBe(2);
  expect(teller.nextRetryAt()).toBeNull();
  expect(await readLatestAlerts(db, 9)).toMatchObject([{ isRaiseTold: true, overAt: null }]);
}, 20_000);
