import { MongoNetworkError } from "mongodb";
import { beforeEach, expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { createLogger } from "../../../src/log.ts";
import { createFailureLog, type FailureLog } from "../../../src/mirror/log-failures.ts";

const away = () => new VitrineError("MIRROR_UNAVAILABLE", "MongoDB cannot be reached.");
let lines: Record<string, unknown>[];
let now: number;
let log: FailureLog;
beforeEach(() => {
  lines = [];
  now = 0;
  log = createFailureLog(
    createLogger("info", { write: (line: string) => void lines.push(JSON.parse(line)) }),
    () => now,
  );
});

test("what fails again and again is logged once a minute, with how often", () => {
  for (; now < 150_000; now += 1000) log.failed("loader", away());
  expect(lines.map(({ level, scope, times }) => ({ level, scope, times }))).toEqual([
    { level: "warn", scope: "loader", times: 1 },
    { level: "warn", scope: "loader", times: 60 },
    { level: "warn", scope: "loader", times: 60 },
  ]);
});

test("an error of MongoDB's driver is told as one of the catalogue, not with the driver's stack and topology", () => {
  log.failed("auditor", new MongoNetworkError("connect ECONNREFUSED 127.0.0.1:1"));
  expect(lines[0]?.err).toEqual({
    code: "MIRROR_UNAVAILABLE",
    message: expect.stringMatching(/^MongoDB cannot be reached.*ECONNREFUSED/),
  });
});

test("another failure, or that of another part, is logged at once", () => {
  log.failed("loader", away());
  log.failed("loader", new Error("Unknown table 'x'"));
  log.failed("loader", new Error("Unknown table 'y'"));
  log.failed("guard", away());
  log.failed("loader", away());
  expect(lines).toHaveLength(4);
});

test("that it works again is said once, and the next failure at once", () => {
  log.works("loader");
  log.failed("loader", away());
  log.works("loader");
  log.works("loader");
  log.failed("loader", away());
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    ["warn", "failed, tries again"],
    ["warn", "works again"],
    ["warn", "failed, tries again"],
  ]);
});
