/** Operators on days and moments that compare a part which comes again: the hour (0 to 23), the weekday (1 is Monday). */
export type CyclicOperator = "atHour" | "onWeekday";

/** Whether a day or a moment in canonical form has that part: what both stores answer. */
export function hasPart(operator: CyclicOperator, value: string, part: number): boolean {
  if (operator === "atHour") return Number(value.slice(11, 13)) === part;
  return ((new Date(`${value.slice(0, 10)}T00:00:00Z`).getUTCDay() + 6) % 7) + 1 === part;
}
