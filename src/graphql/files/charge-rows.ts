import { setTimeout as wait } from "node:timers/promises";
import { VitrineError } from "../../errors.ts";
import type { Budget } from "../budget.ts";

/** Fields that are counted at a time. */
const PIECE = 1000;

/**
 * Rows that are no answer of an operation, counted as those of one: each costs as much as it has fields. Who has used up the
 * minute waits for the next one; the first rows are refused then, like any question.
 */
export async function* chargeRows<Row>(
  rows: AsyncIterable<Row>,
  { budget, client, fields }: { readonly budget: Budget; readonly client: string; readonly fields: number },
  signal: AbortSignal,
): AsyncIterable<Row> {
  const piece = Math.max(Math.floor(PIECE / fields), 1);
  let left = 0;
  let isBegun = false;
  for await (const row of rows) {
    while (left === 0)
      try {
        await budget.spend(client, piece * fields);
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
