import { expect, test } from "vitest";
import { describeStores } from "../../../../src/web/graphiql/describe-stores.ts";
import { recordRuns } from "../../../../src/web/graphiql/runs.ts";

type Options = { readonly headers?: Readonly<Record<string, unknown>> };
const params = { query: "{ a }", variables: { x: 1 }, operationName: "A" };

test("a run belongs to the tab that it was started in, and asks for its cost, and for its explanation when that is wanted", async () => {
  const asked: (Options | undefined)[] = [];
  let answer: (value: unknown) => void = () => undefined;
  const { runs, fetcher } = recordRuns((_: typeof params, options?: Options) => {
    asked.push(options);
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  runs.choose("one");
  const first = fetcher(params, { headers: { own: "1" } });
  expect(runs.read()).toMatchObject({ query: "{ a }", ms: null, answer: null });
  runs.choose("two");
  expect(runs.read()).toBeNull();
  answer({ data: { a: 1 } });
  expect(await first).toEqual({ data: { a: 1 } });
  expect(runs.read()).toBeNull();
  runs.choose("one");
  expect(runs.read()?.answer).toEqual({ data: { a: 1 } });
  expect(asked[0]?.headers).toEqual({ own: "1", "x-vitrine-cost": "1" });
  runs.explain(true);
  void fetcher(params);
  expect(asked[1]?.headers).toMatchObject({ "x-vitrine-explain": "1" });
});

test("a late answer of an earlier run does not replace that of the newer one", async () => {
  const answers: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  const { runs, fetcher } = recordRuns(
    (_: typeof params) => new Promise((resolve, reject) => answers.push({ resolve, reject })),
  );
  const [slow, broken, newest] = [1, 2, 3].map((x) => fetcher({ ...params, variables: { x } }));
  answers[2]?.resolve({ data: { a: 3 } });
  await newest;
  answers[0]?.resolve({ data: { a: 1 } });
  expect(await slow).toEqual({ data: { a: 1 } });
  answers[1]?.reject(new Error("Failed to fetch"));
  await expect(broken).rejects.toThrow("Failed to fetch");
  expect(runs.read()).toMatchObject({ variables: { x: 3 }, answer: { data: { a: 3 } } });
});

test("an event that a subscription still had is not the answer of the run after it", async () => {
  let go: () => void = () => undefined;
  const isGone = new Promise<void>((resolve) => {
    go = resolve;
  });
  async function* events() {
    await isGone;
    yield { data: { a: 1 } };
  }
  const { runs, fetcher } = recordRuns((asked: typeof params) =>
    Promise.resolve(asked.query === "subscription { a }" ? events() : { data: { a: 2 } }),
  );
  const followed = (await fetcher({ ...params, query: "subscription { a }" })) as AsyncIterable<unknown>;
  await fetcher(params);
  go();
  for await (const _ of followed);
  expect(runs.read()?.answer).toEqual({ data: { a: 2 } });
});

test("the same can be asked once more, as it was asked and in its own tab", async () => {
  const asked: unknown[] = [];
  const { runs, fetcher } = recordRuns((sent: typeof params, options?: Options) => {
    asked.push([sent, options?.headers?.own]);
    return Promise.resolve({ data: { a: asked.length } });
  });
  runs.choose("one");
  await fetcher(params, { headers: { own: "1" } });
  const run = runs.read();
  runs.choose("two");
  await fetcher({ ...params, query: "{ b }" });
  await run?.askAgain();
  expect(asked[2]).toEqual([params, "1"]);
  expect(runs.read()).toMatchObject({ query: "{ b }", answer: { data: { a: 2 } } });
  runs.choose("one");
  expect(runs.read()).toMatchObject({ query: "{ a }", answer: { data: { a: 3 } } });
});

test("what fails when it is asked once more is told, and thrown at nobody", async () => {
  const answers = [Promise.resolve({ data: { a: 1 } }), Promise.reject(new Error("Failed to fetch"))];
  const { runs, fetcher } = recordRuns((_: typeof params) => answers.shift());
  await fetcher(params);
  await runs.read()?.askAgain();
  expect(runs.read()?.answer?.errors?.[0]?.message).toBe("Failed to fetch");
});

test("each event of a subscription is the answer, and what fails is told as an error", async () => {
  async function* events() {
    yield { data: { a: 1 } };
    yield { data: { a: 2 } };
  }
  const { runs, fetcher } = recordRuns((_: typeof params) => Promise.resolve(events()));
  for await (const _ of (await fetcher(params)) as AsyncIterable<unknown>);
  expect(runs.read()?.answer).toEqual({ data: { a: 2 } });

  const broken = recordRuns((_: typeof params) => Promise.reject(new Error("Failed to fetch")));
  await expect(broken.fetcher(params)).rejects.toThrow("Failed to fetch");
  expect(broken.runs.read()?.answer?.errors?.[0]?.message).toBe("Failed to fetch");
});

test("the schema's own question is no run", async () => {
  const { runs, fetcher } = recordRuns(() => Promise.resolve({ data: {} }));
  await fetcher({ ...params, operationName: "IntrospectionQuery" });
  expect(runs.read()).toBeNull();
});

test("an answer tells each store once, with the oldest of what was read there", () => {
  const one = { root: "a", model: "a" };
  expect(
    describeStores([
      { ...one, source: "MIRROR", lagMs: 20 },
      { ...one, source: "LIVE" },
      { ...one, source: "MIRROR", lagMs: 61_000 },
    ]),
  ).toEqual(["from the mirror, 61 s old", "live from MariaDB"]);
  expect(describeStores([{ ...one, source: "MIRROR", lagMs: 0 }])).toEqual(["from the mirror, up to date"]);
  expect(describeStores([{ ...one, source: "MIRROR", lagMs: null }])).toEqual([
    "from the mirror, its age unknown",
  ]);
});
