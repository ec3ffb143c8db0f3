/** `npm run test:faults [-- --cycles N --seed N --only PATTERN --controls N]`: what was found after each fault. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runControl } from "./controls.ts";
import { faultKinds } from "./fault-kinds.ts";
import { openFaultShop } from "./fault-shop.ts";
import { formatTable } from "./print-table.ts";
import { type CycleResult, planCycles, runCycle } from "./run-faults.ts";
import { type Sabotage, sabotages } from "./sabotage.ts";

const { values } = parseArgs({
  options: {
    cycles: { type: "string", default: "100" },
    seed: { type: "string", default: "42" },
    only: { type: "string", default: "" },
    controls: { type: "string", default: "5" },
  },
});
const seed = Number(values.seed);
const kinds = faultKinds.filter((kind) => new RegExp(values.only).test(kind.name));
// The keys of `sabotages` are its names.
const controls = Object.keys(sabotages) as Sabotage[];
const shop = await openFaultShop(await mkdtemp(join(tmpdir(), "vitrine-faults-")));
const results: CycleResult[] = [];
const controlled: CycleResult[] = [];
let isStopping = false;
process.once("SIGINT", () => {
  isStopping = true;
});
try {
  const plan = planCycles(kinds, Number(values.cycles), seed);
  for (const [index, kind] of plan.entries()) {
    if (isStopping) break;
    const result = await runCycle(shop, kind, seed * 100_000 + index);
    results.push(result);
    report(`${index + 1}/${plan.length}`, result);
  }
  for (let round = 0; round < Number(values.controls); round++)
    for (const sabotage of controls) {
      if (isStopping) break;
      const result = await runControl(shop, sabotage, seed * 100_000 + round);
      controlled.push(result);
      report("control", result);
    }
} finally {
  await shop.close();
}
console.log(`Seed ${seed}, ${results.length} cycles.\n`);
console.log(
  formatTable(
    faultKinds.map((kind) => kind.name),
    results,
  ),
);
if (controlled.length > 0) {
  console.log("\nNegative controls: the same with one step of the protocol left out must go wrong.\n");
  console.log(formatTable(controls, controlled));
}
const isBad = results.some((one) => one.wrong.length + one.lost.length > 0 || !one.isRecovered);
const isBlind = controls.filter((name) => {
  const found = controlled.filter((one) => one.kind === name);
  return found.length > 0 && found.every((one) => one.wrong.length === 0);
});
if (isBlind.length > 0) console.log(`\nNothing was found wrong with: ${isBlind.join(", ")}.`);
process.exitCode = isBad || isBlind.length > 0 ? 1 : 0;

function report(label: string, result: CycleResult): void {
  const verdict = `${result.wrong.length} wrong, ${result.lost.length} lost`;
  const recovery = result.isRecovered ? `recovered in ${result.recoveryMs} ms` : "NOT RECOVERED";
  console.error(
    `${label} ${result.kind} (${result.struck ?? "not reached"}): ${verdict}, ${result.acknowledged} changes, ${recovery}`,
  );
  for (const one of [...result.wrong, ...result.lost].slice(0, 5)) console.error(`  ${one.slice(0, 1500)}`);
}
