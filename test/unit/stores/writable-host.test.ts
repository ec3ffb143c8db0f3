import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { type AskHost, chooseHost, type HostAnswer } from "../../../src/stores/mariadb/writable-host.ts";

const yes: HostAnswer = { takesWrites: true, isSlow: false };
const slow: HostAnswer = { takesWrites: true, isSlow: true };
const no: HostAnswer = { takesWrites: false, reason: "is read only", isSilent: false };

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
] as const)("%s", async (_, current, answers, chosen) => {
  expect(await chooseHost(["a", "b", "c"], current, answering(answers))).toBe(chosen);
});

test("a server that says nothing holds up nobody", async () => {
  const silent = new AbortController();
  const ask: AskHost = async (host) => {
    if (host === "a") await wait(60_000, undefined, { signal: silent.signal }).catch(() => undefined);
    return yes;
  };
  expect(await chooseHost(["a", "b"], undefined, ask)).toBe("b");
  silent.abort();
});

test("when nobody takes writes the error says of each why", async () => {
  const ask = answering({ a: { takesWrites: false, reason: "does not answer", isSilent: true } });
  await expect(chooseHost(["a", "b"], undefined, ask)).rejects.toMatchObject({
    code: "SOURCE_UNAVAILABLE",
    message: "None of the 2 servers of the address takes writes: a does not answer; b is read only.",
  });
});
