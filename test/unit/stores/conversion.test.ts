import fc from "fast-check";
import { BSON, Decimal128, Double, Long } from "mongodb";
import { describe, expect, it } from "vitest";
import { VitrineError } from "../../../src/errors.ts";
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
import { defineModel } from "../../../src/models/model.ts";
import { compileBsonCodec, hashBson } from "../../../src/stores/conversion/bson.ts";
import { toDecimal128 } from "../../../src/stores/conversion/decimal128.ts";
import { parseDocumentId } from "../../../src/stores/conversion/document-id.ts";
import { compileTextReader } from "../../../src/stores/conversion/document-text.ts";
import { hashDocument } from "../../../src/stores/conversion/mirrored-form.ts";

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
const read = compileTextReader(model);
const codec = compileBsonCodec(model);

const digits = (scale: number) =>
  fc.tuple(fc.boolean(), fc.bigInt(0n, 10n ** 34n - 1n)).map(([minus, number]) => {
    const text = number.toString().padStart(scale + 1, "0");
    const sign = minus && number > 0n ? "-" : "";
    return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
  });
const short = (scale: number) =>
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
const documents = fc.record({
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
type Sample = typeof documents extends fc.Arbitrary<infer D> ? D : never;

/** The JSON that MariaDB writes: exact numbers, times with a blank, any order of keys, any blanks. */
function toMariaDbText(document: Sample, shuffle: (keys: string[]) => string[], blank: string): string {
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

describe("conversion of documents", () => {
  it("loses nothing from JSON text to canonical form to BSON bytes and back", () => {
    fc.assert(
      fc.property(documents, fc.integer(), fc.constantFrom("", " ", "\n\t "), (document, seed, blank) => {
        const shuffle = (keys: string[]) =>
          seed % 2 === 0
            ? keys
            : keys
                .map((key, index) => [(index * seed) % 7, key] as const)
                .sort(([a], [b]) => a - b)
                .map(([, key]) => key);
        const canonical = read(toMariaDbText(document, shuffle, blank), String(document.id));
        expect(canonical).toEqual(document);
        expect(Object.keys(canonical)).toEqual(Object.keys(document));
        const stored = codec.toBson(canonical);
        const bytes = BSON.serialize(stored);
        const back = BSON.deserialize(bytes, { promoteLongs: false });
        expect(codec.fromBson(back)).toEqual(document);
        expect(hashBson(stored)).toBe(hashBson(BSON.deserialize(bytes, { promoteValues: false })));
        expect(hashDocument(codec.fromBson(back))).toBe(hashDocument(canonical));
      }),
      { numRuns: 500 },
    );
  });

  it("writes the same Decimal128 as the driver's own parser", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 0, max: 7 })
          .chain((scale) => fc.tuple(digits(scale), short(scale), fc.constant(scale))),
        ([long, brief, scale]) => {
          for (const text of [long, brief])
            expect(toDecimal128(text, scale).toString()).toBe(Decimal128.fromString(text).toString());
        },
      ),
      { numRuns: 1000 },
    );
  });

  const good = {
    id: 1,
    text: "a",
    price: "1.50",
    whole: "7",
    isOpen: true,
    day: "2024-02-29",
    moment: "2024-02-29T12:00:00.000Z",
    part: { big: "1", tiny: "0.0000001", note: null },
    parts: [],
    days: [],
  } satisfies Sample;
  const textOf = (edit: (text: string) => string) => edit(toMariaDbText(good, (keys) => keys, ""));
  const problemOf = (text: string): unknown => {
    try {
      read(text, "1");
      return "accepted";
    } catch (error) {
      if (!(error instanceof VitrineError)) throw error;
      expect(error.code).toBe("DOCUMENT_INVALID");
      expect(error.message).toContain("thing 1: ");
      return error.details.path;
    }
  };

  it.each([
    ["a missing key", '"isOpen":true,', "", "isOpen"],
    ["a missing nested key", '"big":1,', "", "part.big"],
    ["an unknown key", '"isOpen"', '"more":1,"isOpen"', "the document"],
    ["a key given twice", '"isOpen":true', '"id":1', "id"],
    ["null where it is not allowed", '"text":"a"', '"text":null', "text"],
    ["text for a number", '"whole":7', '"whole":"7"', "whole"],
    ["a number for text", '"text":"a"', '"text":1', "text"],
    ["an int with a fraction", '"id":1', '"id":1.0', "id"],
    ["an int beyond 32 bits", '"id":1', '"id":2147483648', "id"],
    ["a bigint beyond 64 bits", '"big":1', '"big":9223372036854775808', "part.big"],
    ["a number with leading zeros", '"big":1', '"big":01', "part.big"],
    ["a decimal finer than its scale", '"price":1.50', '"price":1.505', "price"],
    ["a float", '"price":1.50', '"price":1.5e0', "price"],
    ["a decimal beyond 34 digits", '"whole":7', `"whole":${"9".repeat(35)}`, "whole"],
    ["1 for true", '"isOpen":true', '"isOpen":1', "isOpen"],
    ["a day that does not exist", "2024-02-29", "2023-02-29", "day"],
    ["a zero date", '"2024-02-29"', '"0000-00-00"', "day"],
    ["a moment finer than a millisecond", "12:00:00.000000", "12:00:00.000001", "moment"],
    ["hour 24", "12:00:00", "24:00:00", "moment"],
    ["an object for a list", '"parts":[]', '"parts":{}', "parts"],
    ["a wrong item of a list", '"days":[]', '"days":["2024-01-01","no"]', "days[1]"],
    ["a wrong object in a list", '"parts":[]', '"parts":[{"big":1,"tiny":1,"note":2}]', "parts[0].note"],
    ["half a surrogate pair", '"text":"a"', '"text":"\\ud800"', "text"],
    ["a wrong escape", '"text":"a"', '"text":"\\x"', "text"],
    ["a truncated document", "}", "", "the document"],
    ["text after the end", '"days":[]}', '"days":[]}}', "the document"],
    ["another id than its row", '"id":1', '"id":2', "id"],
  ])("refuses %s and names its place", (_, from, to, path) => {
    const text = textOf((whole) =>
      to === "" && from === "}" ? whole.slice(0, -1) : whole.replace(from, to),
    );
    expect(text).not.toBe(textOf((whole) => whole));
    expect(problemOf(text)).toBe(path);
  });

  it("accepts the sample that the refusals are made of", () => {
    expect(problemOf(textOf((whole) => whole))).toBe("accepted");
  });

  it("keeps personal data out of its messages", () => {
    const message = (text: string) => {
      try {
        read(text, "1");
      } catch (error) {
        return String(error);
      }
      return "accepted";
    };
    expect(message(textOf((text) => text.replace('"id":1', '"id":"Ada Lovelace"')))).not.toContain("Ada");
    expect(message(textOf((text) => text.replace('"text":"a"', '"text":"Ada", "x')))).not.toContain("Ada");
  });

  /** The sample as the driver gives it back. */
  const stored = (): Record<string, unknown> =>
    BSON.deserialize(BSON.serialize({ _id: 1, ...codec.toBson(good) }), { promoteLongs: false });

  it("writes decimals by their declared scale, whatever their size, and zero without a sign", () => {
    const priceOf = (text: string) =>
      read(
        textOf((whole) => whole.replace("1.50", text)),
        "1",
      ).price;
    expect(priceOf("2")).toBe("2.00");
    expect(priceOf("2.5")).toBe("2.50");
    expect(priceOf("2.500")).toBe("2.50");
    expect(priceOf("-0.00")).toBe("0.00");
    expect(codec.fromBson({ ...stored(), price: Decimal128.fromString("1E-2") }).price).toBe("0.01");
    expect(codec.fromBson({ ...stored(), price: Decimal128.fromString("1.2E+3") }).price).toBe("1200.00");
    expect(codec.fromBson({ ...stored(), price: Decimal128.fromString("-12.345E1") }).price).toBe("-123.45");
  });

  it.each([
    ["price", Decimal128.fromString("NaN")],
    ["price", Decimal128.fromString("Infinity")],
    ["price", Decimal128.fromString("1E-3")],
    ["price", new Double(1.5)],
    ["id", Long.fromNumber(1)],
    ["id", 1.5],
    ["day", new Date("2024-02-29T00:00:01Z")],
    ["day", new Date(Number.NaN)],
    ["moment", new Date(-8e15)],
    ["text", undefined],
    ["part", null],
  ])("refuses a mirrored document whose %s is %s", (field, value) => {
    expect(() => codec.fromBson({ ...stored(), [field]: value })).toThrow(`thing 1: ${field} `);
  });

  it("hashes documents: another value is another hash, null and text included", () => {
    const hash = hashDocument(good);
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(hashDocument({ ...good })).toBe(hash);
    expect(hashDocument({ ...good, text: "b" })).not.toBe(hash);
    expect(hashDocument({ ...good, price: "1.51" })).not.toBe(hash);
    expect(hashDocument({ ...good, text: null })).not.toBe(hashDocument({ ...good, text: "null" }));
  });

  it("hashes stored contents: another kind, scale or value is another hash", () => {
    const hash = hashBson(codec.toBson(good));
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(hashBson(codec.toBson({ ...good }))).toBe(hash);
    expect(hashBson(codec.toBson({ ...good, text: "b" }))).not.toBe(hash);
    expect(hashBson({ ...codec.toBson(good), id: Long.fromNumber(1) })).not.toBe(hash);
    expect(hashBson({ ...codec.toBson(good), price: Decimal128.fromString("1.5") })).not.toBe(hash);
  });
});

describe("ids", () => {
  const named = (key: "id" | "big" | "code") =>
    defineModel({
      name: "m",
      typeName: "M",
      description: "M.",
      key,
      fields: { id: int("Id."), big: bigint("Big."), code: string("Code.") },
    });
  it.each([
    [
      "id",
      ["0", "-1", "12", "2147483647", "-2147483648"],
      ["", "1abc", "01", "1.0", " 1", "1 ", "+1", "-0", "1e3", "0x1", "2147483648", "１"],
    ],
    [
      "big",
      ["0", "-9223372036854775808", "9223372036854775807"],
      ["9223372036854775808", "1abc", "-0", "1.0"],
    ],
    ["code", ["TX", "", " TX", "2024-01", "😀"], ["\ud800", "x".repeat(256)]],
  ] as const)("of key %s have one canonical text", (key, ids, others) => {
    for (const id of ids) expect(parseDocumentId(named(key), id)).toBe(id);
    for (const other of others) expect(parseDocumentId(named(key), other)).toBeUndefined();
  });
});

describe("names of fields", () => {
  it.each(["a.b", "$a", "_id", "a-b", "__proto__"])("never reach MongoDB as %s, however deep", (name) => {
    // A computed key: as a literal, __proto__ would set the prototype.
    const fields = {
      id: int("Id."),
      parts: list("Parts.", object("Part", "A part.", { [name]: int("N.") })),
    };
    const define = () => defineModel({ name: "m", typeName: "M", description: "M.", key: "id", fields });
    expect(define).toThrow(`parts.${name}`);
  });
});
