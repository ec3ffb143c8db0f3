import type { Period } from "../models/period.ts";

/** The period before, or the same one of the year before. */
export type Step = "period" | "year";

const DAY_MS = 86_400_000;

/**
 * The period (by its first day, `YYYY-MM-DD`) that stands before another. A year before a day is the same day of the month, before
 * a week that of the same ISO number; null where the calendar has none (29 February, week 53, before the year 1).
 */
export function previousPeriod(period: Exclude<Period, "hour" | "weekday">, day: string, step: Step) {
  const [year = 0, month = 1, ofMonth = 1] = day.split("-").map(Number);
  switch (period) {
    case "day":
      return step === "period" ? addDays(day, -1) : toDay(year - 1, month, ofMonth);
    case "week":
      return step === "period" ? addDays(day, -7) : sameWeekOfYearBefore(day);
    case "month":
      return step === "year" || month === 1
        ? toDay(year - 1, step === "year" ? month : 12, 1)
        : toDay(year, month - 1, 1);
    case "quarter":
      return step === "year" || month < 4
        ? toDay(year - 1, step === "year" ? month : 10, 1)
        : toDay(year, month - 3, 1);
    case "year":
      return toDay(year - 1, 1, 1);
  }
}

/** The last of all days; the week that it is in is cut short. */
const LAST_DAY = "9999-12-31";

/** The last day of a period that begins on a day; null for what is no day. */
export function lastDayOf(period: Exclude<Period, "hour" | "weekday">, day: string): string | null {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const lastOf = (count: number) =>
    toText(new Date(Date.parse(`${day}T00:00:00Z`) + daysOf(year, month, count) * DAY_MS - DAY_MS));
  switch (period) {
    case "day":
      return addDays(day, 0);
    case "week":
      return addDays(day, 6) ?? (addDays(day, 0) === null ? null : LAST_DAY);
    case "month":
      return lastOf(1);
    case "quarter":
      return lastOf(3);
    case "year":
      return lastOf(12);
  }
}

/** Days of so many months from one on. */
const daysOf = (year: number, month: number, months: number): number =>
  Array.from({ length: months }, (_, at) => {
    const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1 + at] ?? 0;
  }).reduce((sum, days) => sum + days, 0);

/** Null for what is no day of the calendar. */
function toDay(year: number, month: number, ofMonth: number): string | null {
  if (year < 1) return null;
  const text = [
    String(year).padStart(4, "0"),
    String(month).padStart(2, "0"),
    String(ofMonth).padStart(2, "0"),
  ];
  return toText(new Date(`${text.join("-")}T00:00:00Z`)) === text.join("-") ? text.join("-") : null;
}

function toText(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null;
  const text = date.toISOString();
  return text.length === 24 && !text.startsWith("0000") ? text.slice(0, 10) : null;
}

const addDays = (day: string, days: number): string | null =>
  toText(new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS));

/** Of a Monday. The year of an ISO week is that of its Thursday, and the first has the 4th of January. */
function sameWeekOfYearBefore(monday: string): string | null {
  const year = yearOfWeek(monday);
  const [first, firstBefore] = [firstMonday(year), firstMonday(year - 1)];
  if (first === null || firstBefore === null) return null;
  const found = addDays(firstBefore, (Date.parse(monday) - Date.parse(first)) / DAY_MS);
  return found !== null && yearOfWeek(found) === year - 1 ? found : null;
}

const yearOfWeek = (monday: string): number => Number(addDays(monday, 3)?.slice(0, 4));

function firstMonday(year: number): string | null {
  const fourth = toDay(year, 1, 4);
  if (fourth === null) return null;
  const weekday = (new Date(`${fourth}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(fourth, -weekday);
}
