import { type DestinationStream, type Logger, pino, stdSerializers } from "pino";
import { VitrineError } from "./errors.ts";

export type { Logger } from "pino";

/**
 * JSON log lines on `destination` (standard error by default). Values under secret-looking keys never appear.
 * Statements never appear either. An error of the catalogue is a sentence with its code; faults of ours, and all errors at level debug, show their stack.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: level === "debug" || level === "trace" ? describeFault : describeError },
      redact: ["password", "url", "*.password", "*.url", "authorization", "*.authorization"],
    },
    destination ?? openStandardError(),
  );
}

/**
 * The same log for lines that are made of fixed keys, none of which holds a secret: to look for secrets takes three fifths of
 * writing such a line, and each answer has one.
 */
export const withoutRedaction = (logger: Logger): Logger => logger.child({}, { redact: [] });

/** A log that cannot be written, on a full disk or because nobody reads it, is no reason to stop. */
function openStandardError(): DestinationStream {
  const stream = pino.destination({ dest: 2, sync: true });
  stream.on("error", () => {});
  return stream;
}

/** All of an error but the statement, which the driver tells with its values: one may be of a person, or a password. */
function describeFault(error: Error): unknown {
  if (!(error instanceof Error)) return error;
  const { sql: _statement, ...told } = { ...stdSerializers.err(error) };
  return told;
}

function describeError(error: Error): unknown {
  if (!(error instanceof VitrineError) || error.code === "INTERNAL") return describeFault(error);
  const { code, details } = error;
  return { code, message: reasonsOf(error).join(": "), ...(Object.keys(details).length > 0 && { details }) };
}

/** Its message and those of its causes, each once: drivers wrap one reason several times. */
function reasonsOf(error: Error): readonly string[] {
  const reasons = new Set<string>();
  for (let one: unknown = error; one instanceof Error; one = one.cause) reasons.add(one.message);
  return [...reasons];
}
