import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** JSON log lines on `destination` (standard error by default). Values under secret-looking keys never appear. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ["password", "url", "*.password", "*.url", "authorization", "*.authorization"],
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
