import { Command } from "commander";
import { registerVerbs } from "./commands/register-verbs.ts";
import { toFailureReport } from "./commands/report-error.ts";

/** npm hands Ctrl-C on to a process that the terminal has told already: the echo is no second wish. */
const ECHO_MS = 500;

/** Runs one command line (without `node` and the program's name) and ends the process with its exit code. */
export async function runCli(args: readonly string[]): Promise<never> {
  const stop = new AbortController();
  let stoppedAt = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (!stop.signal.aborted) {
        stoppedAt = Date.now();
        if (process.stderr.isTTY) process.stderr.write("\nStopping …\n");
        stop.abort();
      } else if (Date.now() - stoppedAt > ECHO_MS) process.exit(130);
    });
  // A reader that went away (`vitrine status | head -1`) is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 70));

  const program = new Command("vitrine")
    .description("Write a SQL view in MariaDB; read it as a typed document from MariaDB or from its mirror.")
    .exitOverride()
    .showHelpAfterError("(--help tells more)")
    .configureHelp({ showGlobalOptions: true });
  const { env, stdout, stderr } = process;
  const context = await registerVerbs(program, { env, stdout, stderr, signal: stop.signal }, args);

  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    const report = toFailureReport(error, { json: context.json, cancelled: stop.signal.aborted });
    if (report.text !== null) stderr.write(`${report.text}\n`);
    process.exit(report.exitCode);
  }
  process.exit(0);
}
