import { VitrineError } from "../errors.ts";
import { type ScalarField, textsOf } from "../models/field.ts";
import { type DocumentId, type DocumentModel, keyFieldOf } from "../models/model.ts";
import { parseDocumentId } from "../stores/conversion/document-id.ts";
import type { FilterValue } from "../stores/document-store.ts";
import { parseEntityId } from "./entity-ids.ts";

const INT_MAX = 2 ** 31;
const BIGINT_MAX = 2n ** 63n;
/** Decimal128 holds 34 digits: what is longer equals no stored value. */
const DECIMAL_DIGITS = 34;
/** Zeros in front and behind included. What is longer is refused unread, like every text that is a value of no kind. */
const MAX_TEXT = 100;

const fail = (problem: string): never => {
  throw new VitrineError("BAD_INPUT", problem);
};

/** As long as a value may be shown. */
const SHOWN = 60;

/** Shows what was given, cut to a length that fits an error message: before anything is done with what is cut off. */
export function quote(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(typeof value === "string" ? value.slice(0, SHOWN) : value) ?? String(value);
  return typeof value === "string" && value.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** Digits of an integer between -2^63 and 2^63 - 1, as text. @throws VitrineError BAD_INPUT */
export function readBigInt(value: unknown): string {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== "string" || !/^-?\d{1,19}$/.test(text))
    return fail(`${quote(value)} is not an integer as text, such as "12".`);
  const number = BigInt(text);
  if (number < -BIGINT_MAX || number >= BIGINT_MAX) fail(`${quote(value)} does not fit into 64 bits.`);
  return number.toString();
}

/** An exact decimal number as text, at most 34 digits, no exponent. @throws VitrineError BAD_INPUT */
export function readDecimal(value: unknown): string {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === "string" && text.length > MAX_TEXT)
    return fail(`${quote(value)} is longer than ${MAX_TEXT} characters.`);
  const parts = typeof text === "string" ? /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) : null;
  if (!parts) return fail(`${quote(value)} is not a decimal number as text, such as "12.50".`);
  const [, sign = "", padded = "", fraction = ""] = parts;
  const whole = padded.replace(/^0+(?=\d)/, "");
  if (whole.length + fraction.length > DECIMAL_DIGITS)
    fail(`${quote(value)} has more than ${DECIMAL_DIGITS} digits.`);
  const digits = fraction === "" ? whole : `${whole}.${fraction}`;
  return /[1-9]/.test(digits) ? sign + digits : digits;
}

/** A calendar date, `YYYY-MM-DD`, from year 1 on. @throws VitrineError BAD_INPUT */
export function readDate(value: unknown): string {
  const parts = typeof value === "string" ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) : null;
  if (!parts || !isCalendarDay(Number(parts[1]), Number(parts[2]), Number(parts[3])))
    return fail(`${quote(value)} is not a date such as "2024-02-29".`);
  return parts[0];
}

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,3})0*)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** A moment in RFC 3339 with milliseconds at most; returned in UTC. @throws VitrineError BAD_INPUT */
export function readDateTime(value: unknown): string {
  const parts = typeof value === "string" && value.length <= MAX_TEXT ? rfc3339.exec(value) : null;
  if (!parts || !isCalendarDay(Number(parts[1]), Number(parts[2]), Number(parts[3])))
    return fail(`${quote(value)} is not a moment such as "2024-02-29T13:45:00Z" (at most milliseconds).`);
  const moment = new Date(parts[0].toUpperCase());
  const year = moment.getUTCFullYear();
  if (year < 1 || year > 9999) fail(`${quote(value)} is outside the years 1 to 9999 in UTC.`);
  return moment.toISOString();
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const moment = new Date(Date.UTC(2000, month - 1, day));
  moment.setUTCFullYear(year, month - 1, day);
  return year > 0 && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day;
}

/** A value of a field's kind, in canonical form (models/field.ts). @throws VitrineError BAD_INPUT */
export function readValue(field: ScalarField, value: unknown): FilterValue {
  switch (field.kind) {
    case "int":
      return typeof value === "number" && Number.isInteger(value) && value >= -INT_MAX && value < INT_MAX
        ? value
        : fail(`${quote(value)} is not a 32-bit integer.`);
    case "bigint":
      return readBigInt(value);
    case "decimal":
      return toScale(readDecimal(value), field.scale);
    case "string":
      // A lone surrogate has no UTF-8 form: both drivers would send U+FFFD instead.
      return typeof value === "string" && !/\p{Surrogate}/u.test(value)
        ? value
        : fail(`${quote(value)} is not text.`);
    case "enumeration":
      return typeof value === "string" && textsOf(field).includes(value)
        ? value
        : fail(`${quote(value)} is not one of ${textsOf(field).join(", ")}.`);
    case "boolean":
      return typeof value === "boolean" ? value : fail(`${quote(value)} is not true or false.`);
    case "date":
      return readDate(value);
    case "dateTime":
      return readDateTime(value);
  }
}

function toScale(text: string, scale: number): string {
  const [whole = "", fraction = ""] = text.split(".");
  if (/[1-9]/.test(fraction.slice(scale)))
    fail(`${quote(text)} has more than the ${scale} digits after the point that this field has.`);
  return scale === 0 ? whole : `${whole}.${fraction.slice(0, scale).padEnd(scale, "0")}`;
}

/**
 * The key of a document of this model, in canonical form: SQL would find document 1 for `"1abc"`. A text that is its `id`
 * (`OrderDetails:12`) names the same document, so what a client got may be given back.
 * @throws VitrineError BAD_INPUT
 */
export function readDocumentId(model: DocumentModel, id: string): DocumentId {
  const entity = parseEntityId(id);
  const isOwn = entity?.typeName === model.typeName;
  if (isOwn && entity.moment !== undefined) fail(`id: ${quote(id)} is of the past, which node(id:) shows.`);
  const example = keyFieldOf(model).kind === "string" ? "at most 255 characters" : 'a number such as "12"';
  return (
    parseDocumentId(model, isOwn ? entity.key : id) ??
    fail(`id: ${quote(id)} is not an id of ${model.typeName}; that is ${example}.`)
  );
}
