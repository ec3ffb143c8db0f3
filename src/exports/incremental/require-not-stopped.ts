import { VitrineError } from "../../errors.ts";

/** Whatever fails after the signal fails because of it. @throws VitrineError CANCELLED */
export function requireNotStopped(signal: AbortSignal, cause: unknown): void {
  if (!signal.aborted || (cause instanceof VitrineError && cause.code === "CANCELLED")) return;
  throw new VitrineError("CANCELLED", "The export was stopped; the next run goes on where it began.", {
    cause,
  });
}
