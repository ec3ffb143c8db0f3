import { InvalidArgumentError, Option } from "commander";

/** The last day of generated data, for whoever wants the same data on another day. */
export const endOption = (): Option =>
  new Option("--end <date>", "day at whose start (UTC) the orders end, default today").argParser(toDay);

/** How large generated data is. */
export const scaleOption = (description: string, fallback: number): Option =>
  new Option("--scale <number>", description).argParser(toScale).default(fallback);

function toScale(text: string): number {
  const scale = Number(text);
  if (text.trim() !== "" && scale > 0 && scale <= 1000) return scale;
  throw new InvalidArgumentError("It is a number above 0, at most 1000.");
}

function toDay(text: string): string {
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== text || text < "1973")
    throw new InvalidArgumentError("It is a day from 1973 on, like 2026-12-31.");
  return text;
}
