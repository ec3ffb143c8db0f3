import { parseArgs } from "node:util";

/** What `npm run test:faults` was asked for. */
export interface FaultOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly only: RegExp;
  readonly controls: number;
  readonly commands: number;
  /** Seconds that loaders sleep, in a cycle of its own; 0: none. */
  readonly sleep: number;
  readonly json: boolean;
}

const help = `npm run test:faults -- [options]

Breaks whatever can break while terminals write, and says what was wrong afterwards.

  --cycles N    faults of one loader or several, in processes of their own (default 100; 0: none)
  --controls N  rounds of loaders with one step of the protocol left out, which must go wrong (default 5)
  --commands N  rounds of kill -9 of \`vitrine up\`, of its MariaDB and of its MongoDB (default 5)
  --sleep S     one more cycle: loaders stalled at eleven moments of a batch sleep for S seconds (default 0: none)
  --only TEXT   only faults, controls and kills whose name matches this regular expression
  --seed N      decides which fault comes when, where it strikes, and what terminals write (default 42)
  --json        prints one JSON value with every cycle instead of tables
  --help        prints this

Ctrl-C, SIGTERM or SIGHUP (as of \`timeout 1800 npm run …\`) stops all servers and prints what was found so far.
Exit code: 0 when all is well, 1 when anything is wrong, lost, not recovered, or a control finds nothing,
2 for options that cannot be, 129, 130 or 143 when it was stopped before anything was wrong.
Each cycle also says how much was on its way when the blow fell.`;

/** Reads the command line; the text to print instead when there is nothing to run, with the exit code. */
export function readOptions(
  args: readonly string[],
): FaultOptions | { readonly text: string; readonly code: number } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        cycles: { type: "string", default: "100" },
        controls: { type: "string", default: "5" },
        commands: { type: "string", default: "5" },
        sleep: { type: "string", default: "0" },
        only: { type: "string", default: "" },
        seed: { type: "string", default: "42" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { text: help, code: 0 };
    return {
      cycles: toCount("cycles", values.cycles),
      controls: toCount("controls", values.controls),
      commands: toCount("commands", values.commands),
      sleep: toCount("sleep", values.sleep),
      seed: toCount("seed", values.seed),
      only: new RegExp(values.only),
      json: values.json,
    };
  } catch (error) {
    return { text: `${error instanceof Error ? error.message : error}\n\n${help}`, code: 2 };
  }
}

function toCount(name: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`--${name} is a whole number, not "${text}".`);
  return Number(text);
}
