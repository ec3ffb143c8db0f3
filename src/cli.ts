import { Command } from "commander";
import { registerVerbs } from "./commands/register-verbs.ts";
import { toFailureReport } from "./commands/report-error.ts";
import { openStandardOutput } from "./commands/standard-output.ts";
import { VitrineError } from "./errors.ts";

/** npm hands Ctrl-C on to a process that the terminal has told already: the echo is no second wish. */
const ECHO_MS = 500;

/** Runs one command line (without `node` and the program's name) and ends the process with its exit code. */
export async function runCli(args: readonly string[]): Promise<never> {
  const stop = new AbortController();
  let toldAt: number | undefined;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (toldAt !== undefined && Date.now() - toldAt > ECHO_MS) process.exit(130);
      if (toldAt === undefined && process.stderr.isTTY) process.stderr.write("\nStopping …\n");
      toldAt ??= Date.now();
      stop.abort();
    });
  const { env, stderr } = process;
  const stdout = openStandardOutput(process.stdout, () => stop.abort());
  // What is said there is said in vain then, which is no reason to stop.
  stderr.on("error", () => {});

  const program = new Command("vitrine")
    .description("Write a SQL view in MariaDB; read it as a typed document from MariaDB or from its mirror.")
    .exitOverride()
    .showHelpAfterError("(--help tells more)")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: stdout.print });
  const context = await registerVerbs(program, { env, stdout, stderr, signal: stop.signal }, args);

  const failure = await program.parseAsync([...args], { from: "user" }).then(
    () => null,
    (error: unknown) => error ?? new TypeError("Something failed without a reason."),
  );
  context.progress.close();
  const broken = await stdout.finish();
  const error = broken !== null && !hasReason(failure) ? broken : failure;
  if (error === null) process.exit(0);
  const report = toFailureReport(error, { json: context.json, cancelled: stop.signal.aborted });
  if (report.text !== null) stderr.write(`${report.text}\n`);
  process.exit(report.exitCode);
}

/** Whether a command failed for a reason of its own: not because it was stopped. */
const hasReason = (failure: unknown): boolean =>
  failure instanceof VitrineError && failure.code !== "CANCELLED" && failure.code !== "INTERNAL";
