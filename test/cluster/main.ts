/** `npm run test:cluster`: what each fault of a cluster cost. `--help` says how to ask. */
import { parseArgs } from "node:util";
import { stopOnSignals } from "../support/stop-signals.ts";
import { allDrills } from "./all-drills.ts";
import { formatDrills, isKept, runDrills } from "./run-drills.ts";

const help = `npm run test:cluster -- [options]

Breaks clusters on purpose, each on servers of its own on this machine, and prints what was lost, how many seconds the
product took to recover by itself, and how many documents of the mirror were wrong afterwards.

  --only TEXT  only drills whose name, topology or fault matches this regular expression
  --list       names them and runs nothing
  --seed N     decides what is written and when faults strike (42)
  --json       prints one JSON value instead of the table
  --help       prints this

Exit code: 0 when every drill that ran kept the promise, 1 when a document is wrong, an acknowledged write is lost that
need not be, or a drill came to no result; 2 for options that cannot be; 129, 130 or 143 when it was stopped.`;

const options = readOptions();
const stop = stopOnSignals();
const aborter = new AbortController();
void stop.wished.then(() => aborter.abort(new Error("The run was stopped.")));
// Servers of the drill that runs are ended all the same.
process.once("uncaughtException", (error) => {
  console.error(error);
  aborter.abort(error);
});

const chosen = allDrills.filter(({ name, topology, fault }) =>
  [name, topology, fault].some((text) => options.only.test(text)),
);
if (options.list) {
  for (const { name, topology, fault } of chosen) console.log(`${name} (${topology}; ${fault})`);
} else {
  const print = (line: string) => process.stderr.write(`${line}\n`);
  print(`Seed ${options.seed}, ${chosen.length} drills.`);
  const results = await runDrills(chosen, { seed: options.seed, print, signal: aborter.signal });
  if (options.json) {
    const told = results.map(({ drill: { name, topology, fault, mayLose }, ...result }) => ({
      name,
      topology,
      fault,
      ...(mayLose === undefined ? {} : { mayLose }),
      ...result,
    }));
    console.log(JSON.stringify({ seed: options.seed, drills: told }, null, 2));
  } else console.log(formatDrills(results));
  process.exit(stop.reason() ?? (!aborter.signal.aborted && results.every(isKept) ? 0 : 1));
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", default: "" },
        list: { type: "boolean", default: false },
        seed: { type: "string", default: "42" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(help);
      process.exit(0);
    }
    if (!/^\d{1,9}$/.test(values.seed)) throw new Error(`--seed is a whole number, not "${values.seed}".`);
    return { ...values, seed: Number(values.seed), only: new RegExp(values.only, "i") };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`);
    process.exit(2);
  }
}
