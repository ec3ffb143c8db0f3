/** `npm run test:faults`: what was found after each fault. `--help` says how to ask. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopOnSignals } from "../support/stop-signals.ts";
import { type CommandKill, commandKills, openCommandShop } from "./command-shop.ts";
import { runControl } from "./controls.ts";
import { faultKinds } from "./fault-kinds.ts";
import { openFaultShop } from "./fault-shop.ts";
import { longSleep } from "./long-sleep.ts";
import { readOptions } from "./options.ts";
import { type Finished, printReport, reportCycle } from "./report.ts";
import { type CycleResult, planCycles, runCycle } from "./run-faults.ts";
import { runSeries } from "./run-series.ts";
import { type Sabotage, sabotages } from "./sabotage.ts";

const options = readOptions(process.argv.slice(2));
if ("text" in options) {
  console.log(options.text);
  process.exit(options.code);
}
const { seed, only } = options;
const stop = stopOnSignals();
const openFolder = () => mkdtemp(join(tmpdir(), "vitrine-faults-"));
const isChosen = (name: string) => only.test(name);
const kinds = faultKinds.filter((kind) => isChosen(kind.name));
// The keys of `sabotages` are its names.
const controls = (Object.keys(sabotages) as Sabotage[]).filter(isChosen);
const kills = commandKills.filter(isChosen);
const repeat = <T>(rounds: number, values: readonly T[]) =>
  Array.from({ length: rounds }, () => values).flat();
const planned = {
  faults: kinds.length === 0 ? [] : planCycles(kinds, options.cycles, seed),
  sleep: options.sleep === 0 ? [] : [longSleep(options.sleep)],
  kills: repeat(options.commands, kills),
  controls: repeat(options.controls, controls),
};
const finished: Finished[] = [];
const run = async <Shop extends { close(): Promise<void> }, Plan>(
  title: string,
  names: readonly string[],
  plan: readonly Plan[],
  open: () => Promise<Shop>,
  cycle: (shop: Shop, one: Plan, seed: number) => Promise<CycleResult>,
) => {
  const series: Finished = { title, names, planned: plan.length, results: [], broken: [] };
  finished.push(series);
  await runSeries({ series, plan, open, cycle, seed, stop, report: reportCycle });
};

await run(
  "Faults",
  faultKinds.map((kind) => kind.name),
  planned.faults,
  async () => openFaultShop(await openFolder()),
  runCycle,
);
await run(
  "A long sleep",
  planned.sleep.map((kind) => kind.name),
  planned.sleep,
  async () => openFaultShop(await openFolder()),
  runCycle,
);
await run(
  "Kills of the commands and servers that people run",
  kills,
  planned.kills,
  async () => openCommandShop(await openFolder()),
  (shop, kill: CommandKill, one) => shop.runKill(kill, one),
);
await run(
  "Negative controls: one step of the protocol left out must go wrong",
  controls,
  planned.controls,
  async () => openFaultShop(await openFolder()),
  runControl,
);
// Whatever a cycle that was stopped still waits for does not matter any more.
process.exit(printReport({ seed, finished, controls, stoppedBy: stop.reason(), json: options.json }));
