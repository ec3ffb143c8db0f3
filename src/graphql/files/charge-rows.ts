import { setTimeout as wait } from "node:timers/promises";
import { VitrineError } from "../../errors.ts";
import type { Admission } from "../admission.ts";
import type { Budget } from "../budget.ts";

/** Fields that are counted at a time. */
const PIECE = 1000;

interface Charged {
  /** Default: nobody is counted. */
  readonly budget?: Pick<Budget, "spend"> | undefined;
  /** Default: all go on at once. */
  readonly admission?: Admission | undefined;
  readonly client: string;
  /** Of a row. */
  readonly fields: number;
}

/**
 * Rows that are no answer of an operation, counted as those of one: each costs as much as it has fields. Who has used up the
 * minute, or finds the server full, waits; the first rows are refused then, like any question.
 */
export async function* chargeRows<Row>(
  rows: AsyncIterable<Row>,
  { budget, admission, client, fields }: Charged,
  signal: AbortSignal,
): AsyncIterable<Row> {
  const piece = Math.max(Math.floor(PIECE / fields), 1);
  let left = 0;
  let isBegun = false;
  for await (const row of rows) {
    while (left === 0)
      try {
        const work = { client, cost: piece * fields };
        const end = await admission?.enter(work, (leave) =>
          signal.addEventListener("abort", leave, { once: true }),
        );
        // It counts for whose turn is next; for as long as its client reads it holds nobody up.
        end?.();
        await budget?.spend(client, work.cost);
        left = piece;
      } catch (error) {
        if (!isBegun || !(error instanceof VitrineError) || error.code !== "OVERLOADED") throw error;
        await wait(Number(error.details.retryAfterSeconds) * 1000, undefined, { signal });
      }
    left -= 1;
    isBegun = true;
    yield row;
  }
}
