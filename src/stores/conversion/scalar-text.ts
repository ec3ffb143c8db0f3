import { type EnumerationField, textsOf } from "../../models/field.ts";
import { fault } from "./json-cursor.ts";

/** Decimal128 holds no more. */
const DECIMAL_DIGITS = 34;

const wholeNumber = /^(?:0|-?[1-9]\d*)$/;

/** A whole number of 32 bits. @throws DocumentFault */
export function toInt(text: string): number {
  const value = Number(text);
  if (!wholeNumber.test(text)) fault("is not a whole number");
  if (value < -2_147_483_648 || value > 2_147_483_647) fault("does not fit into 32 bits; make it a bigint");
  return value;
}

/** A whole number of 64 bits as text. @throws DocumentFault */
export function toBigInt(text: string): string {
  if (!wholeNumber.test(text)) fault("is not a whole number");
  if (text.length > 18 && BigInt.asIntN(64, BigInt(text)) !== BigInt(text))
    fault("does not fit into 64 bits");
  return text;
}

const plainDecimal = /^-?(?:0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * An exact number as text with exactly `scale` fraction digits; zero has no sign.
 * @throws DocumentFault for a float, for digits beyond the scale and for more than 34 digits.
 */
export function toDecimal(text: string, scale: number): string {
  if (isCanonical(text, scale)) return text;
  const parts = plainDecimal.exec(text);
  if (!parts) return fault("is a float, not an exact number; cast it to decimal in the view");
  const fraction = parts[1] ?? "";
  let value = text;
  if (fraction.length > scale) {
    if (/[1-9]/.test(fraction.slice(scale))) fault(`has more than the declared ${scale} fraction digits`);
    value = text.slice(0, text.length - fraction.length + scale - (scale === 0 ? 1 : 0));
  } else if (fraction.length < scale) {
    value = `${fraction === "" ? `${text}.` : text}${"0".repeat(scale - fraction.length)}`;
  }
  if (value.length > DECIMAL_DIGITS && value.replace(/^-?0\.|[-.]/g, "").length > DECIMAL_DIGITS)
    fault(`has more than ${DECIMAL_DIGITS} digits`);
  return value.charCodeAt(0) === 45 && !/[1-9]/.test(value) ? value.slice(1) : value;
}

/** Whether a text is plainly a positive number of this scale, as views give nearly all: no pattern, no garbage. */
function isCanonical(text: string, scale: number): boolean {
  const point = text.length - scale - 1;
  if (scale === 0 || point < 1 || point > 15 || text.charCodeAt(point) !== 46) return false;
  if (text.charCodeAt(0) === 48 && point > 1) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 48 || code > 57) && at !== point) return false;
  }
  return text.length <= DECIMAL_DIGITS;
}

/** Reads a text of a closed set. @throws DocumentFault that tells the set, and the text unless it may be personal */
export function compileOneOf(field: EnumerationField): (text: string) => string {
  const texts = textsOf(field);
  const known = new Set(texts);
  return (text) => {
    if (known.has(text)) return text;
    const given = field.pii ? "a text" : JSON.stringify(text.slice(0, 64));
    return fault(`is ${given}, which is none of its values: ${texts.join(", ")}`);
  };
}

const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/;
const dateTimePattern = /^(\d{4}-\d\d-\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z?$/;
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day of the calendar from year 1 on, `YYYY-MM-DD`. @throws DocumentFault */
export function toDate(text: string): string {
  const parts = datePattern.exec(text);
  if (!parts) return fault("is not a date such as 2024-02-29");
  const year = Number(parts[1]);
  const month = Number(parts[2]);
  const day = Number(parts[3]);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (year < 1 || day < 1 || day > (monthDays[month - 1] ?? 0) || (month === 2 && day === 29 && !isLeap))
    fault("is not a day of the calendar");
  return text;
}

/** SQL's `YYYY-MM-DD hh:mm:ss[.fraction]`, UTC, as `YYYY-MM-DDThh:mm:ss.sssZ`. @throws DocumentFault */
export function toDateTime(text: string): string {
  const parts = dateTimePattern.exec(text);
  if (!parts) return fault("is not a moment such as 2024-02-29 13:45:00.000");
  const [, day = "", hour = "", minute = "", second = "", fraction = ""] = parts;
  toDate(day);
  if (hour > "23" || minute > "59" || second > "59") fault("is not a time of the day");
  if (/[1-9]/.test(fraction.slice(3))) fault("is finer than a millisecond");
  return `${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
}
