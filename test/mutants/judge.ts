import type { Mutant, Verdict } from "./mutant.ts";

/** The part of vitest's JSON report that is read here. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    /** Of a file that could not be loaded, or whose set-up failed. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** What a mutation may break without any test having looked: text that no compiler or server understands. */
const nonsense =
  /^(?:SyntaxError|ReferenceError)|Transform failed|Cannot find module|You have an error in your SQL syntax/;

/** The tests of the mutant that ran, from a report that may hold others too. */
function ranOf({ test, named }: Mutant, report: TestReport) {
  return report.testResults
    .filter(({ name }) => name.endsWith(`/test/${test}`))
    .flatMap((file) => file.assertionResults)
    .filter(({ fullName, status }) => fullName.includes(named) && /^(?:passed|failed)$/.test(status));
}

/** Judges the run of a mutant's tests on the mutated code. */
export function judge(
  mutant: Mutant,
  report: TestReport,
): { readonly verdict: Verdict; readonly detail: string } {
  const ran = ranOf(mutant, report);
  const failed = ran.filter(({ status }) => status === "failed");
  const messages = failed.map(({ failureMessages }) => failureMessages?.[0] ?? "");
  const clear = messages.find((message) => !nonsense.test(message));
  if (clear !== undefined) return { verdict: "red", detail: firstLine(clear) };
  const [unclear] = messages;
  if (unclear !== undefined) return { verdict: "BROKEN", detail: firstLine(unclear) };
  const file = report.testResults.find(({ status, message }) => status === "failed" && message !== "");
  if (file) return { verdict: "BROKEN", detail: firstLine(file.message) };
  if (ran.length === 0) return { verdict: "BROKEN", detail: "no test ran" };
  return { verdict: "SURVIVED", detail: `${ran.length} test(s) passed` };
}

/** Why the test of a mutant proves nothing on the code as it is; null when it is green. */
export function findFaultBefore(mutant: Mutant, report: TestReport): string | null {
  const ran = ranOf(mutant, report);
  const failed = ran.find(({ status }) => status === "failed");
  if (failed) return firstLine(failed.failureMessages?.[0] ?? failed.fullName);
  return ran.length === 0 ? "no test of that name ran" : null;
}

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").slice(0, 160);
