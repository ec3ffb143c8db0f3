import { Command } from "commander";
import type { CommandContext } from "./commands/context.ts";
import { registerVerbs } from "./commands/register-verbs.ts";
import { type FailureReport, toFailureReport } from "./commands/report-error.ts";
import { startAgain } from "./commands/start-again.ts";
import { errorCatalogue } from "./errors.ts";

/** npm hands Ctrl-C on to a process that the terminal has told already: the echo is no second wish. */
const ECHO_MS = 500;
/** How long what runs may take to stop after a fault. */
const DRAIN_MS = 30_000;
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs one command line (without `node` and the program's name) and ends the process with its exit code. */
export async function runCli(args: readonly string[]): Promise<never> {
  const stop = new AbortController();
  let stoppedAt = 0;
  const stopBy = () => {
    if (!stop.signal.aborted) {
      stoppedAt = Date.now();
      if (process.stderr.isTTY) process.stderr.write("\nStopping …\n");
      stop.abort();
    } else if (Date.now() - stoppedAt > ECHO_MS) process.exit(130);
  };
  for (const name of stopSignals) process.on(name, stopBy);
  // Whoever started this process to watch over it is gone.
  process.on("disconnect", stopBy);
  // A reader that went away (`vitrine status | head -1`) is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 70));

  const program = new Command("vitrine")
    .description("Write a SQL view in MariaDB; read it as a typed document from MariaDB or from its mirror.")
    .exitOverride()
    .showHelpAfterError("(--help tells more)")
    .configureHelp({ showGlobalOptions: true });
  const { env, stdout, stderr } = process;
  const context = await registerVerbs(program, { env, stdout, stderr, signal: stop.signal }, args);

  const lastResort = catchFaults(context, () => stop.abort());

  let report: FailureReport = { text: null, exitCode: 0 };
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    report = toFailureReport(error, { json: context.json, cancelled: stop.signal.aborted });
  }
  if (!lastResort.isTaken()) {
    if (report.text !== null) stderr.write(`${report.text}\n`);
    process.exit(report.exitCode);
  }
  // One that is watched over leaves it to its watcher.
  if (context.verb !== "up" || process.connected) process.exit(errorCatalogue.INTERNAL.exit);
  lastResort.stand();
  for (const name of stopSignals) process.off(name, stopBy);
  const { execPath, execArgv, argv } = process;
  const code = await startAgain(
    {
      execPath,
      args: [...execArgv, ...argv.slice(1)],
      onStart: (pauseMs) => context.logger.warn({ pauseMs }, "starting everything again"),
    },
    (hear) => {
      for (const name of stopSignals) process.on(name, hear);
    },
  );
  process.exit(code);
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
