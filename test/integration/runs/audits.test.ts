import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createAuditNotes } from "../../../src/app/note-audits.ts";
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
const audited = (defects: number) => ({ type: "audited", model: "bed", checked: 10, defects }) as const;
const outcomes = async () =>
  (await readRuns(database.reader, { first: 9 })).map(({ name, outcome }) => `${name} ${outcome}`);
const rest = () => new Promise((resolve) => setTimeout(resolve, 500));

test("An audit without a defect is no row; one with a defect is a verification that failed", async () => {
  const note = createAuditNotes({ db: database.loader, logger: silent });
  note(audited(0));
  note(audited(0));
  await rest();
  expect(await outcomes()).toEqual([]);
  note(audited(2));
  await expect.poll(outcomes).toEqual(["audit of bed failed"]);
  expect(await readNewestRuns(database.reader, { days: 7, kept: [] })).toMatchObject([
    {
      kind: "verify",
      errorCode: "DEFECT_FOUND",
      error: expect.stringMatching(/^2 documents of bed were wrong/),
    },
  ]);
  // The next share of the model is right: whoever looks now is told all the same.
  note(audited(0));
  await rest();
  expect(await outcomes()).toEqual(["audit of bed failed"]);
});

test("A defect that another loader has noted meanwhile is found to be over, once, however fast audits follow", async () => {
  const note = createAuditNotes({ db: database.loader, logger: silent }, 300);
  // Nothing is wrong as yet, says this loader before the other one has its turn.
  note(audited(0));
  await rest();
  createAuditNotes({ db: database.loader, logger: silent }, 300)(audited(1));
  await expect.poll(outcomes).toEqual(["audit of bed failed"]);
  await rest();
  note(audited(0));
  note(audited(0));
  await expect.poll(outcomes).toEqual(["audit of bed succeeded", "audit of bed failed"]);
  await rest();
  expect(await outcomes()).toEqual(["audit of bed succeeded", "audit of bed failed"]);
});

test("A model of which nothing was found wrong for long is right again, told once, also by the next loader", async () => {
  createAuditNotes({ db: database.loader, logger: silent }, 300)(audited(1));
  await expect.poll(outcomes).toEqual(["audit of bed failed"]);
  await rest();
  const note = createAuditNotes({ db: database.loader, logger: silent }, 300);
  note(audited(0));
  await expect.poll(outcomes).toEqual(["audit of bed succeeded", "audit of bed failed"]);
  note(audited(0));
  await rest();
  expect(await outcomes()).toEqual(["audit of bed succeeded", "audit of bed failed"]);
});
