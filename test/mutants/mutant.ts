/** A trap put back into the code, and the test that must notice. */
export interface Mutant {
  /** `topic/slug`: its patch below `test/mutants/patches`, without extension. */
  readonly name: string;
  /** The trap, or the step of the protocol that is left out, in one sentence. */
  readonly trap: string;
  /** From `test/`. */
  readonly test: string;
  /** Part of the name of the test, or of several; its `describe` titles come first. */
  readonly named: string;
}

/** How a mutant fared. `broken`: its test did not come to a verdict, so it says nothing of the trap. */
export type Verdict = "red" | "SURVIVED" | "BROKEN";

export interface Outcome {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
  readonly seconds: number;
  /** The failure that was seen, or what was wrong. */
  readonly detail: string;
}
