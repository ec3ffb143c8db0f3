import { expect, test } from "vitest";
import type { Asked, CubeQuestion } from "../../../src/core/cube-questions.ts";
import { sales } from "../../../src/domains/pos/models/sales.ts";
import { createQuestionLog } from "../../../src/graphql/question-log.ts";
import type { CubeQuery } from "../../../src/stores/cube-store.ts";

const byCity: CubeQuery = {
  sets: [["city"]],
  measures: ["revenue"],
  where: { kind: "compare", field: "state", operator: "eq", value: "TX" },
  having: null,
  orderBy: [],
  limit: 100,
  withTies: false,
};

const uncovered = (ms: number) => ({ ms, isCovered: false });

function collect() {
  const written: (CubeQuestion & Asked)[] = [];
  return { written, write: async (some: readonly (CubeQuestion & Asked)[]) => void written.push(...some) };
}

test("questions of one kind are counted together, without their values, and written when it closes", async () => {
  const { written, write } = collect();
  const log = createQuestionLog(write);
  log.note(sales, byCity, uncovered(30));
  log.note(
    sales,
    { ...byCity, where: { kind: "compare", field: "state", operator: "eq", value: "CA" } },
    uncovered(70),
  );
  expect(written).toEqual([]);
  await log.close();
  expect(written).toEqual([
    {
      cube: "sales",
      question: "revenue by city where state",
      rollUp: '{"by":["city","state"],"measures":["revenue"]}',
      reason: null,
      asked: 2,
      totalMs: 100,
      longestMs: 70,
    },
  ]);
  log.note(sales, byCity, uncovered(30));
  await log.close();
  expect(written).toHaveLength(1);
});

test("those that a roll-up covers are counted by cube, whatever they ask", async () => {
  const { written, write } = collect();
  const log = createQuestionLog(write);
  log.note(sales, byCity, { ms: 3, isCovered: true });
  log.note(sales, { ...byCity, sets: [["state"]] }, { ms: 5, isCovered: true });
  await log.close();
  const counts = { asked: 2, totalMs: 8, longestMs: 5 };
  expect(written).toEqual([{ cube: "sales", question: "", rollUp: null, reason: null, ...counts }]);
});

test("a write that fails is told of once, and loses its questions only", async () => {
  const failures: unknown[] = [];
  let isBroken = true;
  const { written, write } = collect();
  const log = createQuestionLog(
    async (some) => {
      if (isBroken) throw new Error("away");
      return write(some);
    },
    { everyMs: 1, onFailure: (error) => failures.push(error) },
  );
  for (let n = 0; n < 3; n += 1) {
    log.note(sales, byCity, uncovered(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(failures).toHaveLength(1);
  isBroken = false;
  log.note(sales, byCity, uncovered(7));
  await log.close();
  expect(written.map(({ totalMs }) => totalMs)).toEqual([7]);
});

test("no more than two hundred kinds wait", async () => {
  const { written, write } = collect();
  const log = createQuestionLog(write);
  const keys = Object.keys(sales.cube.dimensions);
  for (const one of keys)
    for (const other of keys)
      for (const third of keys) log.note(sales, { ...byCity, sets: [[one, other, third]] }, uncovered(1));
  await log.close();
  expect(written).toHaveLength(200);
});

test("while a write does not end no other begins, and no more is kept than one write takes", async () => {
  const writes: (readonly CubeQuestion[])[] = [];
  let end: (() => void) | undefined;
  const hanging = new Promise<void>((resolve) => {
    end = resolve;
  });
  const log = createQuestionLog(
    async (some) => {
      writes.push(some);
      if (writes.length === 1) await hanging;
    },
    { everyMs: 1 },
  );
  const dimensions = Object.keys(sales.cube.dimensions);
  for (const one of dimensions) {
    for (const other of dimensions)
      for (const third of dimensions)
        log.note(sales, { ...byCity, sets: [[one, other], [third]] }, uncovered(1));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(writes).toHaveLength(1);
  end?.();
  await log.close();
  const [first, second, ...more] = writes.map((some) => some.length);
  expect(first).toBeGreaterThan(0);
  expect(second).toBe(200);
  expect(more.filter((length) => length > 0)).toEqual([]);
});
