import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createVerificationNotes } from "../../../src/app/note-verifications.ts";
import { readNewestRuns, readRuns } from "../../../src/core/read-runs.ts";
import { createLogger } from "../../../src/log.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database?.close());
afterEach(() => database.admin.run("delete from vitrine_run"));

const silent = createLogger("silent");
const verified = (defects: number) => ({ type: "verified", model: "bed", checked: 10, defects }) as const;
const outcomes = async () =>
  (await readRuns(database.reader, { first: 9 })).map(({ name, outcome }) => `${name} ${outcome}`);
const rest = () => new Promise((resolve) => setTimeout(resolve, 500));

test("A look without a defect is no row; one with a defect is a verification that failed", async () => {
  const note = createVerificationNotes({ db: database.loader, logger: silent });
  note(verified(0));
  note(verified(0));
  await rest();
  expect(await outcomes()).toEqual([]);
  note(verified(2));
  await expect.poll(outcomes).toEqual(["verification of bed failed"]);
  expect(await readNewestRuns(database.reader, { days: 7, kept: [] })).toMatchObject([
    {
      kind: "verify",
      errorCode: "DEFECT_FOUND",
      error: expect.stringMatching(/^2 documents of bed were wrong/),
    },
  ]);
  // The next share of the model is right: whoever looks now is told all the same.
  note(verified(0));
  await rest();
  expect(await outcomes()).toEqual(["verification of bed failed"]);
});

test("A defect that another loader has noted meanwhile is found to be over, once, however fast looks follow", async () => {
  const note = createVerificationNotes({ db: database.loader, logger: silent }, 300);
  // Nothing is wrong as yet, says this loader before the other one has its turn.
  note(verified(0));
  await rest();
  createVerificationNotes({ db: database.loader, logger: silent }, 300)(verified(1));
  await expect.poll(outcomes).toEqual(["verification of bed failed"]);
  await rest();
  note(verified(0));
  note(verified(0));
  await expect.poll(outcomes).toEqual(["verification of bed succeeded", "verification of bed failed"]);
  await rest();
  expect(await outcomes()).toEqual(["verification of bed succeeded", "verification of bed failed"]);
});

test("A model of which nothing was found wrong for long is right again, told once, also by the next loader", async () => {
  createVerificationNotes({ db: database.loader, logger: silent }, 300)(verified(1));
  await expect.poll(outcomes).toEqual(["verification of bed failed"]);
  await rest();
  const note = createVerificationNotes({ db: database.loader, logger: silent }, 300);
  note(verified(0));
  await expect.poll(outcomes).toEqual(["verification of bed succeeded", "verification of bed failed"]);
  note(verified(0));
  await rest();
  expect(await outcomes()).toEqual(["verification of bed succeeded", "verification of bed failed"]);
});
