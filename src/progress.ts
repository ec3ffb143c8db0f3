/** How long work tells that it goes on. Every layer may take one; commands decide how it is shown. */
export interface Progress {
  /** Begins a step. `total` is its size in units of its own (rows, documents); leave it out when unknown. */
  start(label: string, total?: number): ProgressStep;
}

export interface ProgressStep {
  /** `done` units so far; a new `total` replaces the first guess. */
  update(done: number, total?: number): void;
  /**
   * Ends the step; `result` is a short phrase ("8,000 documents"), null when the answer of the command tells it: on a
   * terminal nothing is left of the step then. Calling it again does nothing.
   */
  end(result?: string | null): void;
}

/** For callers that show nothing. */
export const noProgress: Progress = { start: () => ({ update: () => {}, end: () => {} }) };

/** The same steps for a command that prints their results as its answer: on a terminal they would stand there twice. */
export const withoutResults = (progress: Progress): Progress => ({
  start(label, total) {
    const step = progress.start(label, total);
    return { update: step.update, end: () => step.end(null) };
  },
});
