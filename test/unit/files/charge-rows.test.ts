import { expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { createAdmission } from "../../../src/graphql/admission.ts";
import type { Budget } from "../../../src/graphql/budget.ts";
import { chargeRows } from "../../../src/graphql/files/charge-rows.ts";

async function* upTo(total: number) {
  for (let n = 0; n < total; n += 1) yield n;
}

/** A budget that has room at every other time, as told by what is counted. */
function everyOther(hasRoomFirst: boolean) {
  const spent: unknown[] = [];
  let hasRoom = hasRoomFirst;
  const spend: Budget["spend"] = async (client, cost) => {
    hasRoom = !hasRoom;
    if (hasRoom) throw new VitrineError("OVERLOADED", "Wait.", { details: { retryAfterSeconds: 0.01 } });
    spent.push([client, cost]);
  };
  return { spent, budget: { spend, follow: () => () => undefined } };
}

const { signal } = new AbortController();

test("all rows of a file come, each counted by its fields, however often they have to wait", async () => {
  const { budget, spent } = everyOther(true);
  const rows: number[] = [];
  for await (const row of chargeRows(upTo(450), { budget, client: "ada", fields: 3 }, signal)) rows.push(row);
  expect(rows).toEqual(Array.from({ length: 450 }, (_, n) => n));
  expect(spent).toEqual([
    ["ada", 999],
    ["ada", 999],
  ]);
});

test("the first rows of a file do not wait: who asks is told when to come again", async () => {
  const { budget } = everyOther(false);
  const rows = chargeRows(upTo(10), { budget, client: "ada", fields: 3 }, signal);
  await expect(rows[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "OVERLOADED" });
});

test("rows that wait are ended when nobody wants the file any more", async () => {
  const { budget } = everyOther(true);
  const controller = new AbortController();
  const late = {
    ...budget,
    spend: async (client: string, cost: number) => {
      await budget.spend(client, cost).catch((error: unknown) => {
        controller.abort();
        throw error;
      });
    },
  };
  const read = async () => {
    let count = 0;
    for await (const _row of chargeRows(
      upTo(450),
      { budget: late, client: "ada", fields: 3 },
      controller.signal,
    ))
      count += 1;
    return count;
  };
  await expect(read()).rejects.toMatchObject({ name: "AbortError" });
});

test("rows of a file count for whose turn is next, and nothing is held while they are sent", async () => {
  const admission = createAdmission({ atOnce: 1, costAtOnce: 4000, maxWaiting: 9, maxWaitMs: 60_000 });
  const begun: string[] = [];
  const ask = async (client: string) => {
    const end = await admission.enter({ client, cost: 10 }, () => undefined);
    begun.push(client);
    return end;
  };
  const file = chargeRows(upTo(1000), { admission, client: "ada", fields: 3 }, signal)[
    Symbol.asyncIterator
  ]();
  expect((await file.next()).value).toBe(0);
  const end = await ask("someone");
  const others = [ask("ada"), ask("bob")] as const;
  end();
  (await others[1])();
  (await others[0])();
  expect(begun).toEqual(["someone", "bob", "ada"]);
});
