import { MongoNetworkError } from "mongodb";
import { beforeEach, expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { createLogger } from "../../../src/log.ts";
import { createFailureLog, type FailureLog } from "../../../src/mirror/log-failures.ts";

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

const spoiled = (name = "x") => new VitrineError("DOCUMENT_INVALID", `The view yields no "${name}".`);

test("what fails again and again is logged once a minute, with how often", () => {
  for (; now < 150_000; now += 1000) log.failed("orders", spoiled());
  expect(lines.map(({ level, scope, times }) => ({ level, scope, times }))).toEqual([
    { level: "warn", scope: "orders", times: 1 },
    { level: "warn", scope: "orders", times: 60 },
    { level: "warn", scope: "orders", times: 60 },
  ]);
});

test("a server that is away is told of once, whatever part missed it, in the catalogue's words", () => {
  log.failed("verifier", new MongoNetworkError("connect ECONNREFUSED 127.0.0.1:1"));
  log.failed("orders", new VitrineError("MIRROR_UNAVAILABLE", "MongoDB cannot be reached."));
  log.works("orders");
  log.failed("orders", new VitrineError("SOURCE_UNAVAILABLE", "MariaDB cannot be reached."));
  log.works("MariaDB", "MongoDB");
  expect(lines).toMatchObject([
    {
      scope: "MongoDB",
      err: { code: "MIRROR_UNAVAILABLE", message: expect.stringMatching(/^MongoDB cannot.*ECONNREFUSED/) },
    },
    { scope: "MariaDB", err: { code: "SOURCE_UNAVAILABLE" } },
    { scope: "MariaDB", msg: "works again" },
    { scope: "MongoDB", msg: "works again" },
  ]);
  // Not the driver's, with its topology.
  expect(lines[0]?.err).not.toHaveProperty("stack");
});

test("another failure, or that of another part, is logged at once", () => {
  log.failed("orders", spoiled());
  log.failed("orders", new Error("Unknown table 'x'"));
  log.failed("orders", new Error("Unknown table 'y'"));
  log.failed("sales", spoiled());
  log.failed("orders", spoiled("y"));
  expect(lines).toHaveLength(4);
});

test("that it works again is said once, and the next failure at once", () => {
  log.works("orders");
  log.failed("orders", spoiled());
  log.works("orders");
  log.works("orders");
  log.failed("orders", spoiled());
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    ["warn", "failed, tries again"],
    ["warn", "works again"],
    ["warn", "failed, tries again"],
  ]);
});
