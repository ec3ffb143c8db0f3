import { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
import { causeOf, toGraphQLError } from "../../../src/graphql/graphql-errors.ts";

test("what is not meant for clients is masked, and kept for the log", () => {
  const secret = new Error("connect to 10.0.0.7 as admin failed");
  for (const error of [
    secret,
    new GraphQLError(secret.message, { originalError: secret, path: ["customer"] }),
  ]) {
    const answer = toGraphQLError(error);
    expect(JSON.stringify(answer)).not.toContain("10.0.0.7");
    expect(answer.extensions.code).toBe("INTERNAL");
    expect(causeOf(answer)).toBe(error);
  }
});

test("an error of ours keeps its sentence and its code", () => {
  const answer = toGraphQLError(new VitrineError("BAD_INPUT", "first must not be negative."));
  expect(answer.message).toBe("first must not be negative.");
  expect(answer.extensions.code).toBe("BAD_INPUT");
});
