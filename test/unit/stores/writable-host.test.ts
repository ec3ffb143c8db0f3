import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { type AskHost, chooseHost, type HostAnswer } from "../../../src/stores/mariadb/writable-host.ts";

const yes: HostAnswer = { takesWrites: true, isSlow: false, follows: false };
const slow: HostAnswer = { takesWrites: true, isSlow: true, follows: false };
const hears: HostAnswer = { takesWrites: true, isSlow: false, follows: true };
const no: HostAnswer = { takesWrites: false, reason: "is read only", from: "itself" };
const silent: HostAnswer = { takesWrites: false, reason: "does not answer", from: "silence" };
const gone: HostAnswer = { takesWrites: false, reason: "cannot be reached", from: "failure" };

const answering =
  (answers: Readonly<Record<string, HostAnswer>>): AskHost =>
  async (host) =>
    answers[host] ?? no;

test.each([
  ["the first that takes writes", undefined, { a: no, b: yes, c: yes }, "b"],
  ["the one that is used, though another comes first", "c", { a: yes, b: yes, c: yes }, "c"],
  ["another, when the one that is used takes none", "c", { a: no, b: yes, c: no }, "b"],
  ["one that is no donor before one that is", undefined, { a: slow, b: yes, c: no }, "b"],
  ["a donor, when there is nobody else", undefined, { a: no, b: slow, c: no }, "b"],
  ["the primary before a replica that nobody made read only", undefined, { a: hears, b: no, c: yes }, "c"],
  ["a donor before such a replica", "a", { a: no, b: hears, c: slow }, "c"],
  ["the one that is used, of two primaries that hear each other", "b", { a: hears, b: hears, c: no }, "b"],
  ["the other primary, when the one that is used takes none", "a", { a: no, b: hears, c: no }, "b"],
] as const)("%s", async (_, current, answers, chosen) => {
  expect(await chooseHost(["a", "b", "c"], current, answering(answers))).toBe(chosen);
});

test.each([silent, gone])(
  "a replica that hears a primary whom we do not is not taken for it",
  async (lost) => {
    const ask = answering({ a: lost, b: hears, c: no });
    for (const current of ["a", undefined])
      await expect(chooseHost(["a", "b", "c"], current, ask)).rejects.toThrow(
        "b is a replica that hears its primary, though it is not read only; c is read only.",
      );
  },
);

test("a server that says nothing holds up nobody", async () => {
  const end = new AbortController();
  const ask: AskHost = async (host) => {
    if (host === "a") await wait(60_000, undefined, { signal: end.signal }).catch(() => undefined);
    return yes;
  };
  expect(await chooseHost(["a", "b"], undefined, ask)).toBe("b");
  end.abort();
});

test("when nobody takes writes the error says of each why", async () => {
  const ask = answering({ a: silent });
  await expect(chooseHost(["a", "b"], undefined, ask)).rejects.toMatchObject({
    code: "SOURCE_UNAVAILABLE",
    message: "None of the 2 servers of the address takes writes: a does not answer; b is read only.",
  });
});
