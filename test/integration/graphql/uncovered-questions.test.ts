import { afterAll, beforeAll, expect, test } from "vitest";
import { describeCubes, readCubes } from "../../../src/commands/describe-cubes.ts";
import { examineCubes } from "../../../src/commands/examine-cubes.ts";
import { noteCubeQuestions } from "../../../src/core/cube-questions.ts";
import { createQuestionLog, type QuestionLog } from "../../../src/graphql/question-log.ts";
import { createServer, type Server } from "../../../src/graphql/server.ts";
import { type CubeModel, isCube } from "../../../src/models/cube.ts";
import { isRollUp } from "../../../src/models/roll-up.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

let gateway: TestGateway;
let questions: QuestionLog;
let server: Server;
beforeAll(async () => {
  gateway = await openTestGateway();
  questions = createQuestionLog((some) => noteCubeQuestions(gateway.database.writer, some));
  server = await createServer({ ...gateway.options, noteQuestion: questions.note });
});
afterAll(async () => {
  await server?.close();
  await gateway?.close();
});

const models = () => gateway.database.project.domains.flatMap((domain) => domain.models);

test("what no roll-up covers is noted with the roll-up that would, how often and how long; nothing else is", async () => {
  const query = (args: string) => ask(server.url, `{ sales(${args}) { revenue } }`);
  for (const zip of ["77002", "78701"]) await query(`groupBy: [CITY] where: { zip: { eq: "${zip}" } }`);
  await query("groupBy: [CITY, ZIP] source: MIRROR");
  await query("groupBy: [STATE]");
  await query("groupBy: [CITY] source: LIVE");
  await query("groupBy: [STATE] where: { orderId: { eq: 1 } }");
  await questions.close();
  const reports = await readCubes(gateway.database.admin, models());
  // Every cube of the project is told, and none of their roll-ups, which are cubes too.
  const facts = models().filter((model): model is CubeModel => isCube(model) && !isRollUp(model));
  expect(reports.map(({ cube, rollUps }) => [cube, rollUps.length])).toEqual(
    facts.map(({ name, cube }) => [name, cube.rollUps.length]),
  );
  const sales = reports.find(({ cube }) => cube === "sales");
  expect(sales?.rollUps).toHaveLength(2);
  expect(reports.filter(({ uncovered, asked }) => uncovered.length > 0 || asked > 0)).toEqual([sales]);
  expect(sales?.asked).toBe(5);
  const found = [...(sales?.uncovered ?? [])].sort((one, other) => other.asked - one.asked);
  expect(found).toMatchObject([
    { rollUp: { by: ["city", "zip"], measures: ["revenue"] }, asked: 3, reason: null },
    { rollUp: null, asked: 1, reason: expect.stringContaining("orderId") },
  ]);
  expect([...(found[0]?.questions ?? [])].sort()).toEqual([
    "revenue by city where zip",
    "revenue by city, zip",
  ]);
  for (const { totalMs, longestMs, asked } of found) {
    expect(longestMs).toBeLessThanOrEqual(totalMs);
    expect(totalMs).toBeLessThanOrEqual(longestMs * asked);
  }
  const text = describeCubes(reports).join("\n");
  expect(text).toContain('would be covered by {"by":["city","zip"],"measures":["revenue"]}');
  expect(text).toContain("asked 3 times");
  expect(text).toContain("of the last 7 days no roll-up covered:");
});

test("a cube that nobody asked is not told as one whose questions were covered", async () => {
  const { admin, writer } = gateway.database;
  await admin.run("delete from vitrine_cube_question");
  const told = async () => {
    const reports = (await readCubes(admin, models())).filter(({ cube }) => cube === "sales");
    return [describeCubes(reports).at(-1), (await examineCubes(admin, models())).detail];
  };
  expect(await told()).toEqual([
    "  nothing was asked in the last 7 days, but for what was of live alone",
    "no cube was asked in the last days",
  ]);
  const log = createQuestionLog((some) => noteCubeQuestions(writer, some));
  const other = await createServer({ ...gateway.options, noteQuestion: log.note });
  for (const group of ["STATE", "STATUS"]) await ask(other.url, `{ sales(groupBy: [${group}]) { revenue } }`);
  await other.close();
  await log.close();
  expect(await told()).toEqual([
    "  every question of the last 7 days was covered by a roll-up",
    "roll-ups covered every question of the last days",
  ]);
});

test("a roll-up too long to be noted is told as none, and what is noted with it is not lost", async () => {
  const { admin, writer } = gateway.database;
  await admin.run("delete from vitrine_cube_question");
  const asked = { cube: "sales", reason: null, asked: 1, totalMs: 1, longestMs: 1 };
  const by = Array.from({ length: 100 }, (_, n) => `a dimension of a very long name ${n}`);
  await noteCubeQuestions(writer, [
    { ...asked, question: "long", rollUp: JSON.stringify({ by, measures: ["revenue"] }) },
    { ...asked, question: "short", rollUp: JSON.stringify({ by: ["city"], measures: ["revenue"] }) },
  ]);
  const sales = (await readCubes(admin, models())).find(({ cube }) => cube === "sales");
  expect(sales?.uncovered).toHaveLength(2);
  expect(sales?.uncovered).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        questions: ["long"],
        rollUp: null,
        reason: "it names so many that the roll-up would be too long",
      }),
      expect.objectContaining({ questions: ["short"], rollUp: { by: ["city"], measures: ["revenue"] } }),
    ]),
  );
});

test("only a week and a thousand kinds are kept, and those asked least go first", async () => {
  const { admin, writer } = gateway.database;
  await admin.run("delete from vitrine_cube_question");
  const kind = (n: number) => ({
    ...{ cube: "sales", question: `revenue by ${n}`, rollUp: null, reason: "none" },
    ...{ asked: n, totalMs: n, longestMs: 1 },
  });
  await noteCubeQuestions(writer, [kind(5000)]);
  await admin.run("update vitrine_cube_question set asked_on = asked_on - interval 7 day");
  for (let from = 1; from <= 1100; from += 100)
    await noteCubeQuestions(
      writer,
      Array.from({ length: 100 }, (_, index) => kind(from + index)),
    );
  const [row] = await admin.query<{ n: string; least: string; most: string }>(
    "select count(*) as n, min(asked) as least, max(asked) as most from vitrine_cube_question",
  );
  expect([row?.n, row?.least, row?.most].map(Number)).toEqual([1000, 101, 1100]);
  await noteCubeQuestions(writer, [kind(1100)]);
  const sales = (await readCubes(admin, models())).find(({ cube }) => cube === "sales");
  expect(sales?.uncovered).toMatchObject([{ asked: ((101 + 1100) * 1000) / 2 + 1100 }]);
});
