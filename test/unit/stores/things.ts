import fc from "fast-check";
import {
  bigint,
  boolean,
  date,
  dateTime,
  decimal,
  int,
  link,
  list,
  object,
  string,
} from "../../../src/models/field.ts";
import { type Document, defineModel } from "../../../src/models/model.ts";
import { compileBsonCodec } from "../../../src/stores/conversion/bson.ts";
import { compileJson } from "../../../src/stores/conversion/json-value.ts";

const part = object("Part", "A part.", {
  big: bigint("Big."),
  tiny: decimal("Tiny.", 7),
  note: string("Note.", { nullable: true }),
});
const model = defineModel({
  name: "thing",
  typeName: "Thing",
  description: "A thing.",
  key: "id",
  fields: {
    id: int("Id."),
    text: string("Text.", { pii: true }),
    price: decimal("Price.", 2, { nullable: true }),
    whole: decimal("Whole.", 0),
    isOpen: boolean("Open."),
    day: date("Day."),
    moment: dateTime("Moment."),
    part,
    other: link("thing", { key: "id" }),
    parts: list("Parts.", part),
    days: list("Days.", date("Day.", { nullable: true })),
  },
});
/** Reads a whole thing from its JSON text. */
export const read: (text: string) => Document = (() => {
  const parse = compileJson(object("Thing", "A thing.", model.fields));
  return (text) => parse(text) as Document; // an object's reader returns an object
})();
export const codec = compileBsonCodec(model);

export const digits = (scale: number) =>
  fc.tuple(fc.boolean(), fc.bigInt(0n, 10n ** 34n - 1n)).map(([minus, number]) => {
    const text = number.toString().padStart(scale + 1, "0");
    const sign = minus && number > 0n ? "-" : "";
    return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
  });
export const short = (scale: number) =>
  fc
    .integer({ min: -999_999_999_999, max: 999_999_999_999 })
    .map((n) => (n / 10 ** scale).toFixed(scale).replace(/^-(?=[0.]*$)/, ""));
const moments = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("\0", "\\", '"', "a\\", "\u2028"),
);
const part$ = fc.record({
  big: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String),
  tiny: digits(7),
  note: fc.option(texts),
});
export const documents = fc.record({
  id: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  text: texts,
  price: fc.option(digits(2)),
  whole: digits(0),
  isOpen: fc.boolean(),
  day: moments.map((moment) => moment.toISOString().slice(0, 10)),
  moment: moments.map((moment) => moment.toISOString()),
  part: part$,
  parts: fc.array(part$, { maxLength: 3 }),
  days: fc.array(fc.option(moments.map((moment) => moment.toISOString().slice(0, 10))), { maxLength: 3 }),
});
export type Sample = typeof documents extends fc.Arbitrary<infer D> ? D : never;

/** The JSON that MariaDB writes: exact numbers, times with a blank, any order of keys, any blanks. */
export function toMariaDbText(
  document: Sample,
  shuffle: (keys: string[]) => string[],
  blank: string,
): string {
  const write = (value: unknown, name: string): string => {
    if (value === null || typeof value === "boolean" || typeof value === "number") return String(value);
    if (Array.isArray(value)) return `[${value.map((item) => write(item, name)).join(`,${blank}`)}]`;
    if (typeof value === "object") {
      const members = Object.entries(value);
      const ordered = shuffle(members.map(([key]) => key));
      return `{${ordered.map((key) => `"${key}":${blank}${write((value as Record<string, unknown>)[key], key)}`).join(`${blank},`)}}`;
    }
    if (["big", "tiny", "price", "whole"].includes(name)) return String(value);
    return JSON.stringify(name === "moment" ? String(value).replace("T", " ").replace("Z", "000") : value);
  };
  return write(document, "");
}
