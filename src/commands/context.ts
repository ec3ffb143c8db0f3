import type { Command } from "commander";
import { type Config, defaultLogLevel, loggedCommands, readConfig } from "../config.ts";
import { createLogger, type Logger } from "../log.ts";
import { type ShownProgress, showProgress } from "./show-progress.ts";
import type { StandardOutput } from "./standard-output.ts";

/** What the command line gives to every verb. A verb's file exports `register<Verb>(program, context)`. */
export interface CommandContext {
  /** Aborted by Ctrl-C and SIGTERM: stop cleanly, lose nothing. */
  readonly signal: AbortSignal;
  /** The verb that runs; empty before it does. */
  readonly verb: string;
  /** `--json` was given: the answer is `printJson`, and `print` is silent. */
  readonly json: boolean;
  /** What programs that a command starts are given. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** JSON lines on standard error. */
  readonly logger: Logger;
  readonly progress: ShownProgress;
  /** Environment, `--data-dir` and `--log-level`, then `overrides` (names of environment variables). */
  config(overrides?: Readonly<Record<string, string | undefined>>): Config;
  /** A line for people on standard output; nothing with `--json`. */
  print(text: string): void;
  /** One JSON value, on one line of standard output; nothing without `--json`. */
  printJson(value: unknown): void;
  /** Writes to standard output as it is, and waits until it is taken. @throws VitrineError OUTPUT_BROKEN */
  write(data: string | Uint8Array): Promise<void>;
  /** Takes what another program prints; null when standard output is a terminal, which that may have for itself. */
  readonly passOn: ((data: Uint8Array) => void) | null;
  /** Said by a server: it goes on when nobody reads its standard output. All else stops then, and fails. */
  outliveOutput(): void;
}

export interface ContextInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly stdout: Pick<StandardOutput, "isTerminal" | "print" | "finish" | "outlive">;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Adds the options that every verb has to `program`, and makes the context that reads them. */
export function createContext(program: Command, input: ContextInput): CommandContext {
  program
    .option("--data-dir <folder>", "folder of the private servers (VITRINE_DATA_DIR, default .vitrine)")
    .option(
      "--log-level <level>",
      `least severity of the log lines on standard error (LOG_LEVEL, default warn; ${loggedCommands.join(", ")}: info)`,
    )
    .option("--json", "answer in JSON, for machines");
  let verb = "";
  program.hook("preAction", (_program, action) => {
    verb = action.name();
  });
  const options = () => program.opts<{ dataDir?: string; logLevel?: string; json?: true }>();
  const config: CommandContext["config"] = (overrides = {}) => {
    const { dataDir, logLevel } = options();
    return readConfig({
      ...input.env,
      LOG_LEVEL: logLevel ?? (input.env.LOG_LEVEL || defaultLogLevel(verb)),
      ...(dataDir === undefined ? {} : { VITRINE_DATA_DIR: dataDir }),
      ...overrides,
    });
  };
  let logger: Logger | undefined;
  let progress: ShownProgress | undefined;
  const isJson = () => options().json === true;
  return {
    signal: input.signal,
    environment: input.env,
    config,
    get verb() {
      return verb;
    },
    get json() {
      return isJson();
    },
    get logger() {
      logger ??= createLogger(config().logLevel);
      return logger;
    },
    get progress() {
      progress ??= showProgress(input.stderr);
      return progress;
    },
    print(text) {
      if (!isJson()) input.stdout.print(`${text}\n`);
    },
    printJson(value) {
      if (isJson()) input.stdout.print(`${JSON.stringify(value)}\n`);
    },
    async write(data) {
      input.stdout.print(data);
      const broken = await input.stdout.finish();
      if (broken !== null) throw broken;
    },
    passOn: input.stdout.isTerminal ? null : input.stdout.print,
    outliveOutput: input.stdout.outlive,
  };
}
