import { expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { toCommitError } from "../../../src/stores/mariadb/limited-pool.ts";

const ofServer = (errno: number) =>
  Object.assign(new Error("It says why."), { code: "ER", errno, sqlState: "HY000" });
const lost = new VitrineError("SOURCE_UNAVAILABLE", "It is gone.");

test.each([
  ["a lost connection", lost, "OUTCOME_UNKNOWN", /^The connection was lost while/],
  ["a server that failed in the middle of it", ofServer(1180), "OUTCOME_UNKNOWN", /^The server failed while/],
  ["an error without a number", new Error("Closed."), "OUTCOME_UNKNOWN", /may have been made, or not/],
])("after %s nobody knows whether it was done", (_name, error, code, message) => {
  expect(toCommitError(error)).toMatchObject({ code, message: expect.stringMatching(message), cause: error });
});

test("a refusal of the server is an answer: it has rolled back", () => {
  const deadlock = ofServer(1213);
  expect(toCommitError(deadlock)).toBe(deadlock);
});
