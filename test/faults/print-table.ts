import type { CycleResult } from "./run-faults.ts";

type Results = readonly CycleResult[];

const sum = (of: Results, value: (one: CycleResult) => number): string =>
  String(of.reduce((total, one) => total + value(one), 0));
const count = (of: Results, holds: (one: CycleResult) => boolean): string => String(of.filter(holds).length);

/** Heads and what stands below them for the cycles of one line. */
const columns: readonly (readonly [head: string, cell: (of: Results) => string])[] = [
  ["cycles", (of) => String(of.length)],
  ["reached", (of) => count(of, (one) => one.blow !== null)],
  ["with a batch in flight", (of) => count(of, (one) => (one.blow?.inFlight.batches ?? 0) > 0)],
  ["changes logged", (of) => sum(of, (one) => one.blow?.inFlight.changes ?? 0)],
  ["documents queued", (of) => sum(of, (one) => one.blow?.inFlight.documents ?? 0)],
  ["batches in flight", (of) => sum(of, (one) => one.blow?.inFlight.batches ?? 0)],
  ["writes acknowledged", (of) => sum(of, (one) => one.acknowledged)],
  ["documents compared", (of) => sum(of, (one) => one.compared)],
  ["wrong", (of) => sum(of, (one) => one.wrong.length)],
  ["verify's defects", (of) => sum(of, (one) => one.defects.length)],
  ["lost", (of) => sum(of, (one) => one.lost.length)],
  ["not recovered", (of) => count(of, (one) => !one.isRecovered)],
  ["longest recovery", (of) => `${(Math.max(0, ...of.map((one) => one.recoveryMs)) / 1000).toFixed(1)} s`],
];

/** One line per name, in the order given, and their sum. */
export function formatTable(names: readonly string[], results: Results): string {
  const toRow = (name: string, of: Results) => [name, ...columns.map(([, cell]) => cell(of))];
  const rows = names
    .map((name) => [name, results.filter((one) => one.kind === name)] as const)
    .filter(([, of]) => of.length > 0)
    .map(([name, of]) => toRow(name, of));
  const head = ["fault", ...columns.map(([name]) => name)];
  const table = [head, ...rows, toRow("all", results)];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...table.slice(1).map(line)].join("\n");
}
