import { createVerbRunner } from "../../src/app/run-verb.ts";
import { createLogger } from "../../src/log.ts";

/** Runs `vitrine mirror` as a schedule runs its verb, until this process is killed. */
const { execPath } = process;
const runVerb = createVerbRunner({ execPath, args: ["bin/vitrine.mjs"], logger: createLogger("silent") });
const { exitCode } = await runVerb(["mirror"], new AbortController().signal);
process.exitCode = exitCode;
