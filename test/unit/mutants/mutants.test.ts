import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyRepository, findPatchFault, repository, withMutant } from "../../mutants/checkout.ts";
import { findFaultBefore, judge, type TestReport } from "../../mutants/judge.ts";
import type { Mutant } from "../../mutants/mutant.ts";
import { patchOf, readMutants } from "../../mutants/read-patches.ts";

const mutant: Mutant = {
  name: "topic/a-trap",
  trap: "A trap.",
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

const mutants = readMutants();

test.each(mutants.map((one) => [one.name, one] as const))("applies, and names a test: %s", async (_, one) => {
  expect(await findPatchFault(repository, one)).toBeNull();
  const file = join(repository, "test", one.test);
  expect(existsSync(file), one.test).toBe(true);
});

test("no two mutants are the same", () => {
  expect(mutants.length).toBeGreaterThan(90);
  expect(new Set(mutants.map(({ trap }) => trap)).size).toBe(mutants.length);
  const changes = mutants.map((one) =>
    readFileSync(patchOf(one), "utf8").split("\n\n").slice(1).join("\n\n"),
  );
  expect(new Set(changes).size).toBe(mutants.length);
});

test("a mutant is in the code while its test runs, and a patch that no longer applies is told by name", async () => {
  const [one] = mutants;
  if (!one) throw new Error("There are mutants.");
  const dir = await mkdtemp(join(tmpdir(), "vitrine-checkout-"));
  try {
    await copyRepository(dir);
    const seen = await withMutant(dir, one, () => findPatchFault(dir, one));
    expect(seen).toMatch(
      new RegExp(`^${one.name}\\.patch no longer applies: error: patch failed: \\S+:\\d+`),
    );
    expect(await findPatchFault(dir, one)).toBeNull();
  } finally {
    await rm(dir, { recursive: true });
  }
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
