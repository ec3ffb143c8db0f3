import { formatSpan } from "../shared/chart/format-value.ts";

/** A picture that is older by more than its turns explain: no store tells what changes, or nobody asks. */
const OLD_MS = 120_000;

/**
 * Of when a picture is: the time, with the day when that is not today (UTC), and its age once that is more than its
 * turns explain. All in milliseconds.
 */
export function describeAge(asOf: number, now: number, everyMs: number): AgeText {
  const [moment, today] = [new Date(asOf).toISOString(), new Date(now).toISOString().slice(0, 10)];
  const day = moment.startsWith(today) ? "" : `${moment.slice(0, 10)} `;
  const isOld = now - asOf > OLD_MS + everyMs;
  const age = isOld ? `, ${formatSpan(now - asOf)} old` : "";
  return { text: `as of ${day}${moment.slice(11, 19)} UTC${age}`, isOld };
}

interface AgeText {
  readonly text: string;
  readonly isOld: boolean;
}
