/** `npm run test:faults [-- --cycles N --seed N --only TEXT]`: prints what was found after each kind of fault. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { faultKinds } from "./fault-kinds.ts";
import { openFaultShop } from "./fault-shop.ts";
import { formatTable } from "./print-table.ts";
import { type CycleResult, planCycles, runCycle } from "./run-faults.ts";

const { values } = parseArgs({
  options: {
    cycles: { type: "string", default: "100" },
    seed: { type: "string", default: "42" },
    only: { type: "string", default: "" },
  },
});
const seed = Number(values.seed);
const kinds = faultKinds.filter((kind) => kind.name.includes(values.only));
const plan = planCycles(kinds, Number(values.cycles), seed);
const shop = await openFaultShop(await mkdtemp(join(tmpdir(), "vitrine-faults-")));
const results: CycleResult[] = [];
let isStopping = false;
process.on("SIGINT", () => {
  isStopping = true;
});
try {
  for (const [index, kind] of plan.entries()) {
    if (isStopping) break;
    const result = await runCycle(shop, kind, seed * 100_000 + index);
    results.push(result);
    const verdict = `${result.wrong.length} wrong, ${result.lost.length} lost`;
    console.error(
      `${index + 1}/${plan.length} ${kind.name} (${result.struck ?? "not reached"}): ${verdict}, ${result.acknowledged} changes, recovered in ${result.recoveryMs} ms`,
    );
    for (const one of [...result.wrong, ...result.lost].slice(0, 5)) console.error(`  ${one.slice(0, 1500)}`);
    if (!result.isRecovered) console.error("  not recovered");
  }
} finally {
  await shop.close();
}
console.log(`seed ${seed}, ${results.length} cycles\n`);
console.log(
  formatTable(
    faultKinds.map((kind) => kind.name),
    results,
  ),
);
const isBad = results.some((one) => one.wrong.length + one.lost.length > 0 || !one.isRecovered);
process.exitCode = isBad ? 1 : 0;
