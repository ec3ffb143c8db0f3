/** `npm run test:security`: tools of others against a gateway of this run alone, on loopback. */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { createLogger } from "../../src/log.ts";
import { checkSbom } from "./check-sbom.ts";
import type { Inspection } from "./finding.ts";
import { withTarget } from "./open-target.ts";
import { probeGraphql } from "./probe-graphql.ts";
import { runSchemathesis } from "./run-schemathesis.ts";
import { runSqlmap } from "./run-sqlmap.ts";
import { installTools } from "./tools.ts";

const help = `Starts a small shop of its own on loopback and turns tools on it: Schemathesis asks whatever the schema allows,
sqlmap tries statements wherever text goes in, the list of graphql-cop is asked; then checks the list of dependencies.

  npm run test:security -- [--seconds N] [--seed N] [--only TOOL]

  --seconds N  how long Schemathesis asks (240)
  --seed N     what it asks
  --only TOOL  schemathesis, sqlmap, probes or sbom

Needs python3 with venv; installs the tools once per user. Exit code 1 when something was found.`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    seconds: { type: "string", default: "240" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    only: { type: "string" },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
if (values.help) console.log(help);
else if (!(seconds > 0 && Number.isInteger(seed))) {
  console.error(help);
  process.exitCode = 2;
} else {
  const inspections = await inspect();
  print(inspections);
  process.exitCode = inspections.some(({ findings }) => findings.length > 0) ? 1 : 0;
}

async function inspect(): Promise<readonly Inspection[]> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => stop.abort());
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const tools = await installTools(process.env, say, stop.signal);
  return withTarget(
    { env: process.env, signal: stop.signal, logger: createLogger("warn") },
    async (target, mariadbUrl) => {
      const steps = {
        probes: () => probeGraphql(target),
        schemathesis: () => runSchemathesis(target, tools, { seconds, seed }),
        sqlmap: () => runSqlmap(target, tools, mariadbUrl),
        sbom: () => checkSbom(target, tools),
      };
      const inspections: Inspection[] = [];
      for (const [name, step] of Object.entries(steps)) {
        if (values.only !== undefined && values.only !== name) continue;
        say(`${name} …`);
        inspections.push(await step());
      }
      if (inspections.length === 0) throw new RangeError(`There is no tool ${values.only}. ${help}`);
      return inspections;
    },
  );
}

function print(inspections: readonly Inspection[]): void {
  console.log(`Seed ${seed}.\n\n| tool | looked at | found |\n|---|---|--:|`);
  for (const { tool, looked, findings } of inspections)
    console.log(`| ${tool} | ${looked} | ${findings.length} |`);
  for (const { tool, findings } of inspections)
    for (const finding of findings) console.log(`\n${tool}: ${finding}`);
}
