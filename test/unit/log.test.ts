import { expect, test } from "vitest";
import { VitrineError } from "../../src/errors.ts";
import { createLogger, withoutRedaction } from "../../src/log.ts";

/** The error as it is logged. */
function logged(error: unknown, level = "info"): Record<string, unknown> {
  const lines: string[] = [];
  createLogger(level, { write: (line: string) => void lines.push(line) }).warn({ err: error }, "failed");
  return (JSON.parse(lines.join("")) as { err: Record<string, unknown> }).err;
}

const refused = new Error("connect ECONNREFUSED 127.0.0.1:1");
const selection = new Error("connect ECONNREFUSED 127.0.0.1:1", { cause: refused });
const away = new VitrineError("MIRROR_UNAVAILABLE", "MongoDB cannot be reached.", { cause: selection });

test("an error of the catalogue is logged as a sentence with its code, each reason once, without a stack", () => {
  expect(logged(away)).toEqual({
    code: "MIRROR_UNAVAILABLE",
    message: "MongoDB cannot be reached.: connect ECONNREFUSED 127.0.0.1:1",
  });
});

test("its facts are logged as well", () => {
  const error = new VitrineError("UNKNOWN_MODEL", "No such model.", { details: { model: "x" } });
  expect(logged(error)).toEqual({
    code: "UNKNOWN_MODEL",
    message: "No such model.",
    details: { model: "x" },
  });
});

test.each([
  ["a fault of ours", () => logged(new TypeError("x is undefined"))],
  ["what is called a fault of ours", () => logged(new VitrineError("INTERNAL", "x is undefined"))],
  ["every error when everything is logged", () => logged(away, "debug")],
])("%s has its stack", (_, log) => {
  expect(log().stack).toContain("log.test.ts");
});

test.each(["info", "debug"])(
  "a driver's error is logged without its statement, which has values in it, at level %s",
  (level) => {
    const driver = Object.assign(new Error("Unknown column 'x'"), {
      sql: "call greet('Ines Anderson')",
      errno: 1054,
    });
    for (const error of [driver, new VitrineError("INTERNAL", "A fault.", { cause: driver })]) {
      const told = JSON.stringify(logged(error, level));
      expect(told).toContain("Unknown column 'x'");
      expect(told).not.toContain("Ines");
    }
    expect(logged(driver, level)).toMatchObject({
      errno: 1054,
      stack: expect.stringContaining("log.test.ts"),
    });
  },
);

test("lines that hold no secret are the same without a look for one, and all others are looked at", () => {
  const lines: string[] = [];
  const logger = createLogger("info", { write: (line: string) => void lines.push(line) });
  const line = { requestId: "1", cost: 22, storeMs: { live: 1.5 } };
  logger.info(line, "answered");
  withoutRedaction(logger).info(line, "answered");
  logger.info({ options: { url: "mariadb://me:secret@host" }, password: "secret" }, "opened");
  const [first, second, third] = lines.map((text) => ({ ...JSON.parse(text), time: "" }) as object);
  expect(second).toEqual(first);
  expect(third).toMatchObject({ options: { url: "[Redacted]" }, password: "[Redacted]" });
});
