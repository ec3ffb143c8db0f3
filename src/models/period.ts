/**
 * What days and moments are grouped by. A week is an ISO week (Monday); days and weeks are of UTC. Periods follow each other
 * and are named by their first day; the hour of the day and the day of the week come again.
 */
export type Period = "hour" | "day" | "week" | "month" | "quarter" | "year" | "weekday";

/** Those of a day. */
export const periodsOfDays = ["week", "month", "quarter", "year", "weekday"] as const;
/** Those of a moment. */
export const periodsOfMoments = ["hour", "day", ...periodsOfDays] as const;

/** Whether periods come again, and are numbers: 0 to 23, 1 (Monday) to 7. */
export const isCyclic = (period: Period): period is "hour" | "weekday" =>
  period === "hour" || period === "weekday";

/** Of a field grouped in two ways (null: by day), whether the first says which the second is. */
export function determines(one: Period | null, other: Period | null): boolean {
  const of = one ?? "day";
  if (of === (other ?? "day")) return true;
  if (of === "day") return other !== "hour";
  if (of === "month") return other === "quarter" || other === "year";
  return of === "quarter" && other === "year";
}

/** In words, before a field's description. */
export function describePeriod(period: Period): string {
  switch (period) {
    case "hour":
      return "Hour of the day, 0 to 23";
    case "day":
      return "Day";
    case "weekday":
      return "Day of the week, 1 (Monday) to 7";
    case "week":
      return "First day of the week (Monday)";
    default:
      return `First day of the ${period}`;
  }
}
