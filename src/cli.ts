import { setMaxListeners } from "node:events";
import { Command } from "commander";
import type { CommandContext } from "./commands/context.ts";
import { registerVerbs } from "./commands/register-verbs.ts";
import { toFailureReport } from "./commands/report-error.ts";
import { openStandardOutput } from "./commands/standard-output.ts";
import { errorCatalogue, VitrineError } from "./errors.ts";
import { findPackageVersion } from "./front-door.ts";

/** npm hands Ctrl-C on to a process that the terminal has told already: the echo is no second wish. */
const ECHO_MS = 500;
/** How long what runs may take to stop after a fault. */
const DRAIN_MS = 30_000;
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs one command line (without `node` and the program's name) and ends the process with its exit code. */
export async function runCli(args: readonly string[]): Promise<never> {
  const stop = new AbortController();
  // Every wait of every model listens, and stops listening when it ends.
  setMaxListeners(0, stop.signal);
  let toldAt: number | undefined;
  const stopBy = () => {
    if (toldAt !== undefined && Date.now() - toldAt > ECHO_MS) process.exit(130);
    if (toldAt === undefined && process.stderr.isTTY) process.stderr.write("\nStopping …\n");
    toldAt ??= Date.now();
    stop.abort();
  };
  for (const name of stopSignals) process.on(name, stopBy);
  // Whoever started this process to watch over it is gone.
  process.on("disconnect", stopBy);
  const { env, stderr } = process;
  // The client of buckets tells on standard error which Node.js it will want one day: nothing to whoever runs an export.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const stdout = openStandardOutput(process.stdout, () => stop.abort());
  // What is said there is said in vain then, which is no reason to stop.
  stderr.on("error", () => {});

  const program = new Command("vitrine")
    .description("Write a SQL view in MariaDB; read it as a typed document from MariaDB or from its mirror.")
    .version(findPackageVersion(), "-V, --version", "version of this program")
    .exitOverride()
    .showHelpAfterError("(--help tells more)")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: stdout.print });
  const context = await registerVerbs(program, { env, stdout, stderr, signal: stop.signal }, args);
  const lastResort = catchFaults(context, () => stop.abort());

  const failure = await program.parseAsync([...args], { from: "user" }).then(
    () => null,
    (error: unknown) => error ?? new TypeError("Something failed without a reason."),
  );
  context.progress.close();
  const broken = await stdout.finish();
  if (lastResort.isTaken()) {
    lastResort.stand();
    for (const name of stopSignals) process.off(name, stopBy);
    process.exit(await succeed(context));
  }
  const error = broken !== null && !hasReason(failure) ? broken : failure;
  if (error === null) process.exit(0);
  const report = toFailureReport(error, { json: context.json, cancelled: stop.signal.aborted });
  if (report.text !== null) stderr.write(`${report.text}\n`);
  process.exit(report.exitCode);
}

/** Whether a command failed for a reason of its own: not because it was stopped. */
const hasReason = (failure: unknown): boolean =>
  failure instanceof VitrineError && failure.code !== "CANCELLED" && failure.code !== "INTERNAL";

/** After a fault: `up` goes on in a process of its own, all else has failed. Returns the exit code. */
async function succeed(context: CommandContext): Promise<number> {
  // One that is watched over leaves it to its watcher.
  if (context.verb !== "up" || process.connected) return errorCatalogue.INTERNAL.exit;
  const { startAgain } = await import("./commands/start-again.ts");
  const { execPath, execArgv, argv } = process;
  return startAgain(
    {
      execPath,
      args: [...execArgv, ...argv.slice(1)],
      onStart: (pauseMs) => context.logger.warn({ pauseMs }, "starting everything again"),
    },
    (hear) => {
      for (const name of stopSignals) process.on(name, hear);
    },
  );
}

/**
 * The last resort: what nobody caught leaves the process in a state that nobody knows. It is logged, what runs is asked
 * to stop as by Ctrl-C, so that answers under way get out and servers are left in order, and then the process ends.
 */
function catchFaults(context: CommandContext, drain: () => void) {
  let isTaken = false;
  let late: NodeJS.Timeout | undefined;
  // A promise that was rejected and awaited by nobody comes here too.
  process.on("uncaughtException", (error) => {
    tell(context, error);
    if (isTaken) return;
    isTaken = true;
    late = setTimeout(() => process.exit(errorCatalogue.INTERNAL.exit), DRAIN_MS);
    drain();
  });
  return { isTaken: () => isTaken, stand: () => clearTimeout(late) };
}

function tell(context: CommandContext, error: Error): void {
  try {
    context.logger.fatal({ err: error }, "a fault that nobody caught: stops what runs, then ends");
  } catch {
    // The settings that the log needs are wrong, or standard error is closed.
  }
}
