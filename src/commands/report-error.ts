import { CommanderError } from "commander";
import { errorCatalogue, VitrineError } from "../errors.ts";
import { isFileFault } from "../file-errors.ts";
import { enginePrefix } from "../models/engine-names.ts";

/** What a command that failed prints on standard error (null: commander has said it), and its exit code. */
export interface FailureReport {
  readonly text: string | null;
  readonly exitCode: number;
}

/** The one place where errors become exit codes. Faults of ours show their stack, everything else a sentence. */
export function toFailureReport(
  error: unknown,
  { json, cancelled }: { readonly json: boolean; readonly cancelled: boolean },
): FailureReport {
  if (error instanceof CommanderError)
    return { text: null, exitCode: error.exitCode === 0 ? 0 : errorCatalogue.USAGE.exit };
  const known = error instanceof VitrineError ? error : toKnown(error, cancelled);
  const { code, message, details, exitCode } = known;
  if (json) return { text: JSON.stringify({ error: { code, message, details } }), exitCode };
  if (code !== "INTERNAL") return { text: `${message} [${code}]`, exitCode };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `A fault in Vitrine itself [INTERNAL]: ${stack}`, exitCode };
}

function toKnown(error: unknown, cancelled: boolean): VitrineError {
  if (cancelled) return new VitrineError("CANCELLED", "Stopped.", { cause: error });
  // Of a file that nobody has found words for; the system's sentence names it. What is missing may be our own fault.
  if (isFileFault(error) && error.code !== "ENOENT")
    return new VitrineError("FILE_FAILED", `${error.message}.`, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  if (isOfMissingTable(error, message))
    return new VitrineError(
      "MIGRATIONS_PENDING",
      `${message}. The engine's tables, and the rights on them, come by \`vitrine migrate up\`.`,
      { cause: error },
    );
  return new VitrineError("INTERNAL", message, { cause: error });
}

/** There is no such table; no right on it, which also is what the server says of one that is not there. */
const missing: ReadonlySet<unknown> = new Set([1146, 1142]);

/** Whether MariaDB has not, or not yet for this account, a table of the engine's. */
const isOfMissingTable = (error: unknown, message: string): boolean =>
  error instanceof Error &&
  "errno" in error &&
  missing.has(error.errno) &&
  new RegExp(`\\.[\`']?${enginePrefix}`).test(message);
