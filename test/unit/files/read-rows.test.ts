import { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import type { ListedOperation } from "../../../src/graphql/files/listed-operation.ts";
import { limitRows, readRows } from "../../../src/graphql/files/read-rows.ts";
import { toGraphQLError } from "../../../src/graphql/graphql-errors.ts";

type Variables = Readonly<Record<string, unknown>>;

/** A list of numbers in pages, of which an answer may have so many, and what it was asked. */
function numbers(
  total: number,
  {
    largest = Number.POSITIVE_INFINITY,
    ...changes
  }: Partial<ListedOperation> & { readonly largest?: number } = {},
) {
  const asked: Variables[] = [];
  const list: Pick<
    ListedOperation,
    "most" | "isPaged" | "wanted" | "after" | "variablesOf" | "costOf" | "read"
  > = {
    most: 10,
    isPaged: true,
    wanted: undefined,
    after: null,
    variablesOf: (first, after) => ({ first, after }),
    costOf: (first) => 100 + first,
    read: (data) => data as unknown as ReturnType<ListedOperation["read"]>,
    ...changes,
  };
  const run = async (variables: Variables) => {
    asked.push(variables);
    const first = Number(variables.first);
    if (first > largest)
      return { errors: [new GraphQLError("large", { extensions: { code: "LIMIT_EXCEEDED" } })], data: null };
    const start = Number(variables.after ?? 0);
    const end = Math.min(start + first, total);
    const rows = Array.from({ length: end - start }, (_, index) => ({ n: start + index }));
    return { data: { rows, next: end < total ? String(end) : null }, extensions: { start } };
  };
  return { list: list as ListedOperation, run, asked };
}

async function all(rows: AsyncIterable<Variables>): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const { n } of rows) found.push(n);
  return found;
}
const upTo = (total: number) => Array.from({ length: total }, (_, n) => n);

test.each([0, 1, 9, 10, 11, 30])("all of %i rows are read once, in order, in pages", async (total) => {
  const { list, run, asked } = numbers(total);
  const { rows, extensions } = await readRows(list, run, { maxCost: 1000 });
  expect(extensions).toEqual({ start: 0 });
  expect(await all(rows)).toEqual(upTo(total));
  expect(asked.length).toBe(Math.max(Math.ceil(total / 10), 1));
});

test("no more is asked for than is wanted, nor than a page may cost", async () => {
  const { list, run, asked } = numbers(100, { wanted: 14 });
  expect(await all((await readRows(list, run, { maxCost: 106 })).rows)).toEqual(upTo(14));
  expect(asked.map(({ first }) => first)).toEqual([6, 6, 2]);
  const dear = numbers(3);
  await all((await readRows(dear.list, dear.run, { maxCost: 1 })).rows);
  // What is refused for its cost is refused by the limit itself.
  expect(dear.asked.map(({ first }) => first)).toEqual([1, 1, 1]);
});

test("where an answer turns out to be too large, pages shrink, and none is left out", async () => {
  const { list, run, asked } = numbers(20, { largest: 3 });
  expect(await all((await readRows(list, run, { maxCost: 1000 })).rows)).toEqual(upTo(20));
  expect(asked.slice(0, 4).map(({ first }) => first)).toEqual([10, 5, 2, 2]);
  const never = numbers(20, { largest: 0 });
  await expect(readRows(never.list, never.run, { maxCost: 1000 })).rejects.toThrow("large");
});

test("a list without pages that is full is refused: it might lack some", async () => {
  const full = numbers(10, { isPaged: false });
  await expect(readRows(full.list, full.run, { maxCost: 1000 })).rejects.toThrow("Group by less");
  const short = numbers(9, { isPaged: false });
  expect(await all((await readRows(short.list, short.run, { maxCost: 1000 })).rows)).toEqual(upTo(9));
});

test("at most one page is read ahead of who takes them", async () => {
  const { list, run, asked } = numbers(100);
  const { rows } = await readRows(list, run, { maxCost: 1000 });
  const iterator = rows[Symbol.asyncIterator]();
  for (let taken = 0; taken < 25; taken += 1) await iterator.next();
  expect(asked.length).toBe(4);
  await iterator.return?.();
});

test("a row too many ends a file, and as many as are wanted are enough", async () => {
  async function* some() {
    for (const n of upTo(5)) yield { n };
  }
  expect(await all(limitRows(some(), undefined, 5))).toEqual(upTo(5));
  expect(await all(limitRows(some(), 2, 2))).toEqual([0, 1]);
  expect(await all(limitRows(some(), 0, 5))).toEqual([]);
  await expect(all(limitRows(some(), undefined, 4))).rejects.toThrow("more than 4 rows");
});

test("pages are no larger than one may be, where rows of a page are limited", async () => {
  const { list, run, asked } = numbers(7);
  expect(await all((await readRows(list, run, { maxCost: 1000, maxFirst: 3 })).rows)).toEqual(upTo(7));
  expect(asked.map(({ first }) => first)).toEqual([3, 3, 3]);
});

test("rows go on when there is room again, once some have been read, and are refused before", async () => {
  const { list, run } = numbers(25);
  const overloaded = new VitrineError("OVERLOADED", "There is no room.", {
    details: { retryAfterSeconds: 0.01 },
  });
  let asked = 0;
  const full: typeof run = async (variables) => {
    asked += 1;
    return asked % 2 === 0 ? { errors: [toGraphQLError(overloaded)], data: null } : run(variables);
  };
  expect(await all((await readRows(list, full, { maxCost: 1000 })).rows)).toEqual(upTo(25));
  expect(asked).toBe(5);
  await expect(readRows(list, full, { maxCost: 1000 })).rejects.toMatchObject({
    extensions: { code: "OVERLOADED" },
  });
});
