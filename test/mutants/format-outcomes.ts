import type { Outcome } from "./mutant.ts";

/** One line per mutant, and how many there were of each verdict. */
export function formatOutcomes(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ mutant, verdict, seconds }) => [
    mutant.name,
    mutant.trap,
    `${mutant.test}: ${mutant.named}`,
    verdict,
    seconds.toFixed(0),
  ]);
  const count = (verdict: string) => outcomes.filter((outcome) => outcome.verdict === verdict).length;
  return [
    ...[["mutant", "trap", "test", "verdict", "seconds"], ["---", "---", "---", "---", "---"], ...rows].map(
      (row) => `| ${row.join(" | ")} |`,
    ),
    "",
    `${outcomes.length} mutants: ${count("red")} red, ${count("SURVIVED")} survived, ${count("BROKEN")} broken.`,
  ].join("\n");
}
