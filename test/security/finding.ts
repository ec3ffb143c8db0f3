/** What one tool has looked at, and what it found. */
export interface Inspection {
  readonly tool: string;
  /** What was looked at, in its own unit: `8 places`, `900 questions`. */
  readonly looked: string;
  /** A sentence each; none: it holds. */
  readonly findings: readonly string[];
}

/** A gateway on this machine, of this run alone. */
export interface Target {
  /** `http://127.0.0.1:…`, without a slash at the end. */
  readonly address: string;
  /** Folder of the run, which is gone at its end. */
  readonly folder: string;
  readonly signal: AbortSignal;
}
