import { expect, test } from "vitest";
import { judgeIdentity } from "../../../src/mirror/guard/judge-identity.ts";

const here = "this life";
const at = (n: bigint, incarnation = here) => ({ n, incarnation });
const state = (model: string, acked: bigint, collection = model) => ({ model, acked, collection });

test.each([
  ["nothing was written yet", at(3n), [state("a", 0n)], [], { older: "neither" }],
  ["all is in order", at(9n), [state("a", 5n)], [["a", at(7n)]], { older: "neither" }],
  [
    "the mirror has less than was acknowledged",
    at(9n),
    [state("a", 5n), state("b", 5n)],
    [
      ["a", at(4n)],
      ["b", at(5n)],
    ],
    { older: "mirror", models: ["a"] },
  ],
  [
    "the mirror knows nothing of a model any more",
    at(9n),
    [state("a", 5n)],
    [],
    { older: "mirror", models: ["a"] },
  ],
  [
    "what counts is the collection that is written now",
    at(9n),
    [state("a", 5n, "a.2")],
    [
      ["a", at(2n, "former")],
      ["a.2", at(6n)],
    ],
    { older: "neither" },
  ],
  [
    "the mirror has a position that was never given",
    at(6n),
    [state("a", 5n)],
    [["a", at(7n)]],
    { older: "source", largest: 7n },
  ],
  [
    "be it of a model of which nobody knows",
    at(6n),
    [],
    [["gone", at(7n)]],
    { older: "source", largest: 7n },
  ],
  [
    "another life wrote what this one calls acknowledged",
    at(9n),
    [state("a", 5n)],
    [["a", at(7n, "former")]],
    { older: "source", largest: 7n },
  ],
  [
    "a record of the life before, of a model that this one has not written",
    at(9n),
    [state("a", 0n)],
    [["a", at(7n, "former")]],
    { older: "neither" },
  ],
  [
    "a server took over that has all of what was applied",
    { ...at(9n), branches: [{ life: "primary", upTo: 7n }] },
    [state("a", 5n)],
    [["a", at(7n, "primary")]],
    { older: "neither" },
  ],
  [
    "a server took over that lacks what was applied, and has passed its positions",
    { ...at(9n), branches: [{ life: "primary", upTo: 6n }] },
    [state("a", 5n)],
    [["a", at(7n, "primary")]],
    { older: "source", largest: 7n },
  ],
  [
    "so it does of a collection of which it had acknowledged nothing",
    { ...at(9n), branches: [{ life: "primary", upTo: 6n }] },
    [state("a", 0n)],
    [["a", at(7n, "primary")]],
    { older: "source", largest: 7n },
  ],
  [
    "the one after it took over: what the first gave counts up to its own end",
    {
      ...at(9n),
      branches: [
        { life: "second", upTo: 8n },
        { life: "first", upTo: 6n },
      ],
    },
    [state("a", 5n), state("b", 5n)],
    [
      ["a", at(8n, "second")],
      ["b", at(6n, "first")],
    ],
    { older: "neither" },
  ],
  [
    "what was lost has been seen to: another life has begun since",
    {
      ...at(9n),
      branches: [
        { life: "replica", upTo: null },
        { life: "primary", upTo: 6n },
      ],
    },
    [state("a", 0n)],
    [["a", at(7n, "primary")]],
    { older: "neither" },
  ],
] as const)("%s", (_, source, states, applied, identity) => {
  expect(judgeIdentity({ source, states, applied: new Map(applied) })).toEqual(identity);
});
