import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { createExplainer } from "../../../src/graphql/explain.ts";
import { showShape } from "../../../src/graphql/operation-shape.ts";
import { createReadTimes } from "../../../src/graphql/read-times.ts";
import type { SentStatement } from "../../../src/stores/sent-statement.ts";

const from = { store: "live", model: "orders" } as const;
const statement = (changes: Partial<SentStatement> = {}): SentStatement => ({
  text: "select 1",
  values: [],
  rows: 1,
  ms: 1.234,
  ...changes,
});

describe("An explanation", () => {
  test("is no larger than a person reads, and says what it leaves out", async () => {
    const explainer = createExplainer(async () => null);
    explainer.sent(
      "a",
      from,
      statement({ text: "x".repeat(50_000), values: Array.from({ length: 300 }, (_, n) => n) }),
    );
    for (let n = 0; n < 60; n += 1) explainer.sent("a 0 child", from, statement());
    const { a } = await explainer.explain();
    expect(a?.statements).toHaveLength(50);
    expect(a?.leftOut).toBe(11);
    expect(a?.statements[0]?.text).toBe(`${"x".repeat(20_000)} …`);
    expect(a?.statements[0]?.values).toHaveLength(201);
    expect(a?.statements[0]?.values?.at(-1)).toBe("… and 100 more");
    expect(a?.statements[1]).toEqual({ ...statement({ ms: 1.2 }), store: "LIVE", model: "orders" });
  });

  test("holds what JSON can hold, whatever is bound", async () => {
    const explainer = createExplainer(async () => null);
    explainer.sent("a", from, statement({ values: [12n, null, true, Buffer.from("é")] }));
    const { a } = await explainer.explain();
    expect(JSON.parse(JSON.stringify(a?.statements[0]?.values))).toEqual(["12", null, true, "é"]);
  });

  test("names the store of the field's own model, also when linked models were told later, and its last one", async () => {
    const explainer = createExplainer(async (model) => `view of ${model}`);
    explainer.chose("a", { name: "orders", isOwn: true }, { store: "mirror", why: "first" });
    explainer.chose("a", { name: "customers", isOwn: false }, { store: "live", why: "linked" });
    expect((await explainer.explain()).a).toMatchObject({
      store: "MIRROR",
      why: "first",
      view: "view of orders",
    });
    explainer.chose("a", { name: "orders_by_day", isOwn: true }, { store: "live", why: "second" });
    expect((await explainer.explain()).a).toMatchObject({
      store: "LIVE",
      why: "second",
      model: "orders_by_day",
    });
  });
});

test("The shape of an operation has no value, of whatever kind and wherever", () => {
  const text = showShape(
    parse(`query Q($a: String = "secret") { # secret
      one(where: { name: { eq: "secret" }, n: { in: [1, 2] }, f: 1.5, b: """secret""" }, state: OPEN, on: true, none: null) @include(if: true) { name }
    }`),
  );
  expect(text).toBe(
    "query Q($a: String = _) { one( where: {name: {eq: _}, n: {in: _}, f: _, b: _} state: OPEN on: true none: null ) @include(if: true) { name } }",
  );
  expect(showShape(parse(`{ ${"a ".repeat(5000)} }`)).length).toBeLessThan(4100);
});

test("Reads of one store that run at once are waited for once", async () => {
  const times = createReadTimes();
  let end = (): void => undefined;
  const open = new Promise<void>((resolve) => {
    end = resolve;
  });
  const startedAt = performance.now();
  const all = Array.from({ length: 100 }, () => times.during("live", open));
  const failed = times.during("live", Promise.reject(new Error("refused")));
  await expect(failed).rejects.toThrow("refused");
  await new Promise((resolve) => setTimeout(resolve, 20));
  end();
  await Promise.all(all);
  const { live = 0, mirror } = times.ms();
  expect(live).toBeGreaterThan(15);
  expect(live).toBeLessThanOrEqual(performance.now() - startedAt);
  expect(mirror).toBeUndefined();
});
