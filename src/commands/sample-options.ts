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

/** What random data begins with. */
export const seedOption = (): Option =>
  new Option("--seed <number>", "equal seeds and ends give equal files").argParser(toSeed).default(42);

/** A number above 0: how fast, how long. */
export const speedOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(toSpeed);

function toSpeed(text: string): number {
  const speed = Number(text);
  if (text.trim() === "" || !(speed > 0) || speed > 1_000_000)
    throw new InvalidArgumentError("It is a number above 0, at most 1000000.");
  return speed;
}

function toSeed(text: string): number {
  const seed = Number(text);
  if (text.trim() === "" || !Number.isInteger(seed) || seed < 0 || seed > 4_294_967_295)
    throw new InvalidArgumentError("It is a whole number from 0 to 4294967295.");
  return seed;
}
