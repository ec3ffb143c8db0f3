import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runLive } from "../../../src/app/run-live.ts";
import { totesys } from "../../../src/domains/totesys/index.ts";
import { totesysLive } from "../../../src/domains/totesys/sample/live.ts";
import { importFiles } from "../../../src/imports/import-files.ts";
import { writeFiles } from "../../../src/imports/write-files.ts";
import type { LiveEvent } from "../../../src/models/project.ts";
import { backOfficeProject } from "../../support/back-office.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ project: backOfficeProject });
  const dir = await mkdtemp(join(tmpdir(), "vitrine-again-"));
  const files = totesys.generate?.({ scale: 0.01, seed: 42, clean: true, end: "2024-04-11" }) ?? [];
  await writeFiles(files, dir);
  await importFiles({ admin: database.admin, domain: totesys, dir });
  await rm(dir, { recursive: true });
}, 120_000);
afterAll(() => database?.close());

const query = (sql: string) => database.admin.query(sql);
/** The payments that are not made. */
const readOpen = async () =>
  (await query("select payment_id from payment where paid = 0 order by payment_id")).map(({ payment_id }) =>
    Number(payment_id),
  );

async function goOn(days: number): Promise<readonly LiveEvent[]> {
  const events: LiveEvent[] = [];
  const { signal } = new AbortController();
  const onEvent = (event: LiveEvent) => void events.push(event);
  await runLive(database.admin, totesysLive, { seed: 7, days, speed: 1e9, signal, onEvent });
  return events;
}

test("A sample goes on from where it ended: currencies and payments are what was left, each once", async () => {
  const codes = () => query("select currency_code from currency order by currency_id");
  const before = await readOpen();
  expect(before.length).toBeGreaterThan(0);
  await goOn(30);
  const leftOpen = await readOpen();
  expect(leftOpen.length).toBeGreaterThan(20);
  expect(leftOpen.filter((id) => before.includes(id))).toEqual([]);
  const early = (await codes()).length;
  expect(early).toBeLessThan(8);

  const second = await goOn(30);
  expect(second.filter(({ what }) => what === "currency")).toHaveLength(8 - early);
  const lastOpen = await readOpen();
  expect(lastOpen.filter((id) => leftOpen.includes(id))).toEqual([]);
  const all = ["GBP", "USD", "EUR", "JPY", "CHF", "SEK", "NOK", "DKK"].map((code) => ({
    currency_code: code,
  }));
  expect(await codes()).toEqual(all);

  const third = await goOn(20);
  expect(third.filter(({ what }) => what === "currency")).toEqual([]);
  // None is made twice, whichever run made it.
  const versions = await query(
    `select payment_id from payment for system_time all where paid = 1
    group by payment_id, payment_type_id, payment_amount having count(*) > 1`,
  );
  expect(versions).toEqual([]);
}, 120_000);
