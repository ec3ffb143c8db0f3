import type { CycleResult } from "./run-faults.ts";

/** One line per kind of fault, in the order given, and their sum. */
export function formatTable(names: readonly string[], results: readonly CycleResult[]): string {
  const head = [
    "fault",
    "cycles",
    "reached",
    "changes acknowledged",
    "documents compared",
    "wrong",
    "lost",
    "not recovered",
    "longest recovery",
  ];
  const sum = (of: readonly CycleResult[], value: (one: CycleResult) => number) =>
    of.reduce((total, one) => total + value(one), 0);
  const toRow = (name: string, of: readonly CycleResult[]) => [
    name,
    String(of.length),
    String(of.filter((one) => one.struck !== null).length),
    String(sum(of, (one) => one.acknowledged)),
    String(sum(of, (one) => one.compared)),
    String(sum(of, (one) => one.wrong.length)),
    String(sum(of, (one) => one.lost.length)),
    String(of.filter((one) => !one.isRecovered).length),
    `${(Math.max(0, ...of.map((one) => one.recoveryMs)) / 1000).toFixed(1)} s`,
  ];
  const rows = names
    .map((name) => [name, results.filter((one) => one.kind === name)] as const)
    .filter(([, of]) => of.length > 0)
    .map(([name, of]) => toRow(name, of));
  const table = [head, ...rows, toRow("all", results)];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...table.slice(1).map(line)].join("\n");
}
