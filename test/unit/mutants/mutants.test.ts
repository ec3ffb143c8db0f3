import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countPlaces, repository } from "../../mutants/checkout.ts";
import { findFaultBefore, judge, type TestReport } from "../../mutants/judge.ts";
import type { Mutant } from "../../mutants/mutant.ts";
import { mutants } from "../../mutants/mutants.ts";

const mutant: Mutant = {
  trap: "A trap.",
  file: "src/a.ts",
  find: "a",
  replace: "b",
  test: "unit/a.test.ts",
  named: "is seen",
};

function report(status: string, failure?: string, message = ""): TestReport {
  const failureMessages = failure === undefined ? [] : [failure];
  return {
    testResults: [
      {
        name: "/somewhere/test/unit/a.test.ts",
        status: message === "" ? status : "failed",
        message,
        assertionResults: [
          { fullName: "the trap is seen", status, failureMessages },
          { fullName: "another test", status: "failed", failureMessages: ["Error: no concern of this one"] },
        ],
      },
    ],
  };
}

test.each(mutants.map((one) => [one.trap, one] as const))(
  "still has its place and its test: %s",
  async (_, one) => {
    expect(await countPlaces(one), one.file).toBe(1);
    expect(one.replace).not.toBe(one.find);
    expect(existsSync(join(repository, "test", one.test)), one.test).toBe(true);
  },
);

test("no two mutants are the same", () => {
  expect(new Set(mutants.map(({ trap }) => trap)).size).toBe(mutants.length);
  expect(new Set(mutants.map((one) => `${one.file} ${one.find} ${one.replace}`)).size).toBe(mutants.length);
});

test("a mutant is red when its own test fails, and survives when that passes", () => {
  expect(judge(mutant, report("failed", "AssertionError: expected 1 to be 2\n at …"))).toEqual({
    verdict: "red",
    detail: "AssertionError: expected 1 to be 2",
  });
  expect(judge(mutant, report("passed")).verdict).toBe("SURVIVED");
});

test("text that nobody understands, a set-up that fails, or a test that does not run prove nothing", () => {
  expect(judge(mutant, report("failed", "SyntaxError: unexpected }")).verdict).toBe("BROKEN");
  expect(judge(mutant, report("skipped", undefined, "Error: the hook failed"))).toEqual({
    verdict: "BROKEN",
    detail: "Error: the hook failed",
  });
  expect(judge(mutant, report("skipped")).verdict).toBe("BROKEN");
  expect(judge({ ...mutant, named: "renamed" }, report("passed")).verdict).toBe("BROKEN");
});

test("a test that is red without its mutant, or is not there, is found before", () => {
  expect(findFaultBefore(mutant, report("passed"))).toBeNull();
  expect(findFaultBefore(mutant, report("failed", "Error: always"))).toBe("Error: always");
  expect(findFaultBefore({ ...mutant, named: "renamed" }, report("passed"))).toMatch(/no test/);
});
