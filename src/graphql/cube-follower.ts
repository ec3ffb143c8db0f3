import type { CubeUpdate, LiveRows } from "./live-rows.ts";

/**
 * One client that follows a question. It is given the newest state of each row, however slowly it reads; what
 * waits for it is a number: the rows are those of all who follow the question.
 */
export class CubeFollower implements AsyncIterableIterator<CubeUpdate> {
  readonly #rows: LiveRows;
  readonly #leave: () => void;
  #told = 0;
  /** It waits for a look that begins from now on: what is there is too old to be told first. */
  #isHeld: boolean;
  #failure: { readonly error: unknown } | undefined;
  #isDone = false;
  #wake: (() => void) | undefined;

  constructor(rows: LiveRows, isHeld: boolean, leave: () => void) {
    this.#rows = rows;
    this.#isHeld = isHeld;
    this.#leave = leave;
  }

  /** The turn up to which it has been told. */
  get told(): number {
    return this.#told;
  }

  /** There was a look at the stores. */
  look(): void {
    this.#isHeld = false;
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<CubeUpdate>> {
    while (!this.#isDone) {
      if (this.#failure) {
        await this.return();
        throw this.#failure.error;
      }
      const update = this.#isHeld ? null : this.#rows.since(this.#told);
      if (update) {
        this.#told = this.#rows.turn;
        if (update.isWhole || update.changes.length > 0) return { done: false, value: update };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<CubeUpdate>> {
    if (!this.#isDone) {
      this.#isDone = true;
      this.#leave();
      this.#wake?.();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
