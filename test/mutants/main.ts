/** `npm run test:mutants [-- --only PATTERN --jobs N --list --help]`: each trap put back, and whether its test notices. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../../src/config.ts";
import { acquireStack } from "../../src/local/acquire-stack.ts";
import { stopServer } from "../../src/local/private-server.ts";
import { findProcess } from "../../src/local/process-table.ts";
import { createLogger } from "../../src/log.ts";
import { formatOutcomes } from "./format-outcomes.ts";
import { readMutants } from "./read-patches.ts";
import { runMutants } from "./run-mutants.ts";

const usage = `Puts every known trap back into a copy of this repository, one at a time, and expects its test to fail.

  npm run test:mutants [-- OPTION…]

  --only PATTERN  only mutants whose name, trap or test fits this regular expression
  --jobs N        so many at a time; default 2
  --list          print them and run nothing

Exit code 1 when a mutant survives, or when its test says nothing.`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    jobs: { type: "string", default: "2" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const wanted = new RegExp(values.only);
const chosen = readMutants().filter(({ name, trap, test }) => wanted.test(`${name}\n${trap}\n${test}`));

if (values.help) console.log(usage);
else if (values.list)
  for (const { name, trap, test, named } of chosen) console.log(`${name}: ${trap}\n  ${test}: ${named}`);
else process.exitCode = await run();

async function run(): Promise<number> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  const { signal } = stop;
  const dir = await mkdtemp(join(tmpdir(), "vitrine-mutants-"));
  try {
    const dataDir = join(dir, "servers");
    const { MARIADB_URL: _, MONGODB_URL: __, ...env } = process.env;
    const config = readConfig({ ...env, VITRINE_DATA_DIR: dataDir });
    const stack = await acquireStack(config, { logger: createLogger("warn"), signal });
    try {
      const outcomes = await runMutants(chosen, {
        dir,
        servers: { mariadbUrl: stack.mariadb.adminUrl, mongodbUrl: stack.mongodb.url },
        jobs: Math.max(1, Number(values.jobs)),
        signal,
        report: (line) => process.stderr.write(`${line}\n`),
      });
      console.log(formatOutcomes(outcomes));
      return signal.aborted || outcomes.some(({ verdict }) => verdict !== "red") ? 1 : 0;
    } finally {
      await stack.release();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    return 1;
  } finally {
    await stopProcessesOf(dir);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A test that was killed leaves servers of its own running, in folders below this one. */
async function stopProcessesOf(dir: string): Promise<void> {
  for (;;) {
    const left = findProcess((argv) => argv.some((argument) => argument.includes(dir)));
    if (!left) return;
    await stopServer(left);
  }
}
