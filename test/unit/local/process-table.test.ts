import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readStartTime } from "../../../src/local/process-table.ts";

const table = mkdtempSync(join(tmpdir(), "vitrine-proc-"));
afterAll(() => rmSync(table, { recursive: true }));

/** A process table with one process, as Linux writes it: state, then the start time as the 22nd field. */
function write(state: string, threads: readonly number[]): void {
  rmSync(join(table, "7"), { recursive: true, force: true });
  for (const thread of threads) mkdirSync(join(table, "7", "task", String(thread)), { recursive: true });
  const fields = Array.from({ length: 18 }, () => "0");
  writeFileSync(join(table, "7", "stat"), `7 (a (b) c) ${state} ${fields.join(" ")} 4711 0\n`);
}

test.each([
  ["S", [7], "4711"],
  ["Z", [7, 8], "4711"],
  ["Z", [7], null],
  ["X", [7], null],
] as const)("a process in state %s with threads %j began at %s", (state, threads, began) => {
  write(state, threads);
  expect(readStartTime(7, table)).toBe(began);
});
