import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Inspection, Target } from "./finding.ts";
import { runTool } from "./run-tool.ts";
import type { Tools } from "./tools.ts";

/** The part of Schemathesis' report that is read. */
interface Report {
  readonly operations: { readonly total: number; readonly tested: number };
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly object[];
  readonly errors: readonly object[];
}

/** Asks whatever the schema allows, and judges each answer (judge_answers.py). */
export async function runSchemathesis(
  { address, folder, signal }: Target,
  tools: Tools,
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
): Promise<Inspection> {
  const report = join(folder, "schemathesis.json");
  const run = await runTool(
    tools.schemathesis,
    [
      ...["run", `${address}/graphql`, "--checks", "refuses_or_answers", "--phases", "fuzzing"],
      ...[
        "--max-examples",
        "20",
        "--max-time",
        String(seconds),
        "--seed",
        String(seed),
        "--continue-on-failure",
      ],
      ...["--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "30"],
      ...["--report", "json", "--report-json-path", report],
    ],
    {
      seconds: seconds + 120,
      signal,
      cwd: folder,
      env: { SCHEMATHESIS_HOOKS: fileURLToPath(new URL("judge_answers.py", import.meta.url)) },
    },
  );
  const { operations, test_cases, failures, errors } = JSON.parse(readFileSync(report, "utf8")) as Report; // its form
  const findings = [...failures, ...errors].map((one) => JSON.stringify(one).slice(0, 600));
  // The report has no answers; the program's last words do.
  if (run.exitCode !== 0) findings.push(run.output.trimEnd().slice(-4000));
  return {
    tool: "Schemathesis",
    looked: `${test_cases.generated} questions to ${operations.tested} of ${operations.total} root fields`,
    findings,
  };
}
