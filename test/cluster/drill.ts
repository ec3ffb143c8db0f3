/** One fault, struck on purpose on real servers of its own, and what is left when the product has recovered by itself. */
export interface Drill {
  /** Told by `--only`; a sentence without its full stop: `Galera: the loader's node is killed`. */
  readonly name: string;
  /** `Galera of three`, `primary and replica`, `MongoDB set (stand-in)`, … */
  readonly topology: string;
  /** What is broken: `kill -9 of a node`. */
  readonly fault: string;
  /** Why acknowledged writes may be lost all the same, e.g. asynchronous replication; left out: none may. */
  readonly mayLose?: string;
  /** It has recovered within so many milliseconds on a machine that has nothing else to do: told when it was not. */
  readonly withinMs?: number;
  /** The sentence that says what this machine lacks for it; null: nothing. Asked before `run`. */
  readonly missing?: () => string | null;
  /**
   * Strikes and waits for recovery, without a hand. Ends what it started and removes its folders, also when it throws or
   * `context.signal` is aborted.
   * @throws what kept it from a result: it counts as failed
   */
  run(context: DrillContext): Promise<DrillOutcome>;
}

export interface DrillContext {
  /** Decides what is written, and when the fault strikes. */
  readonly seed: number;
  /** A line for whoever watches. */
  readonly print: (line: string) => void;
  /** Aborted when the run is to end now. */
  readonly signal: AbortSignal;
}

export interface DrillOutcome {
  /** Writes that were acknowledged and are not in the history that survived. */
  readonly lost: number;
  /** From the fault to the first position of the mirror after it (or what `notes` says instead), in milliseconds. */
  readonly recoverMs: number;
  /** Documents of the mirror that are not what its view says, when all is settled. */
  readonly wrong: number;
  /** How many were compared. */
  readonly documents: number;
  /** What else was measured, one sentence each. */
  readonly notes: readonly string[];
}
