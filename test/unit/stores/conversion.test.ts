import fc from "fast-check";
import { BSON, Decimal128, Double, Long } from "mongodb";
import { describe, expect, it } from "vitest";
import { hashBson } from "../../../src/stores/conversion/bson.ts";
import { readDecimal128, toDecimal128 } from "../../../src/stores/conversion/decimal128.ts";
import { DocumentFault } from "../../../src/stores/conversion/json-cursor.ts";
import { hashDocument } from "../../../src/stores/conversion/mirrored-form.ts";
import { codec, digits, documents, read, type Sample, short, toMariaDbText } from "./things.ts";

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
        const canonical = read(toMariaDbText(document, shuffle, blank));
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

  it("reads decimals that are exact numbers as the text that they are, and leaves all others to the driver", () => {
    const stored = fc.oneof(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      // Around what is exact as a number.
      fc
        .tuple(fc.bigInt(-(2n ** 54n), 2n ** 54n), fc.integer({ min: -3, max: 7 }))
        .map(([number, exponent]) => Uint8Array.from(Decimal128.fromString(`${number}E${-exponent}`).bytes)),
    );
    fc.assert(
      fc.property(stored, fc.integer({ min: 0, max: 6 }), (bytes, scale) => {
        const value = new Decimal128(bytes);
        const text = readDecimal128(value, scale);
        if (text === undefined) return;
        expect(text).toMatch(
          scale === 0 ? /^-?(?:0|[1-9]\d*)$/ : new RegExp(`^-?(?:0|[1-9]\\d*)\\.\\d{${scale}}$`),
        );
        expect(text).not.toMatch(/^-0(?:\.0+)?$/);
        const back = Decimal128.fromString(text).toString();
        expect(back).toBe(value.toString().replace(/^-(?=0(?:\.0+)?(?:E.*)?$)/, ""));
      }),
      { numRuns: 3000 },
    );
    const cases = [
      "0.00",
      "-0.01",
      "-0.00",
      "9007199254740991.00",
      "90071992547409.91",
      "90071992547409.92",
      "NaN",
    ];
    const read = cases.map((text) => readDecimal128(Decimal128.fromString(text), 2));
    expect(read).toEqual(["0.00", "-0.01", "0.00", undefined, "90071992547409.91", undefined, undefined]);
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
      read(text);
      return "accepted";
    } catch (error) {
      if (!(error instanceof DocumentFault)) throw error;
      return error.place;
    }
  };

  it.each([
    ["a missing key", '"isOpen":true,', "", "isOpen"],
    ["a missing nested key", '"big":1,', "", "part.big"],
    ["a key that is no name of a field", '"isOpen"', '"more.so":1,"isOpen"', "the document"],
    ["a key of another definition without a value", '"isOpen"', '"more":,"isOpen"', "the document"],
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
  ])("refuses %s and names its place", (_, from, to, path) => {
    const text = textOf((whole) =>
      to === "" && from === "}" ? whole.slice(0, -1) : whole.replace(from, to),
    );
    expect(text).not.toBe(textOf((whole) => whole));
    expect(problemOf(text)).toBe(path);
  });

  it("passes over a key that may be a field of another definition, whatever it holds", () => {
    const more = `"more":{"a":[1,"]}",{"b":null},[],{}],"c":-1.5e3},"none":null,`;
    const plain = textOf((whole) => whole);
    for (const text of [plain.replace('"isOpen"', `${more}"isOpen"`), plain.replace(/^\{/, `{${more}`)])
      expect(read(text)).toEqual(read(plain));
    expect(read(plain.replace(/\}$/, ',"more":[true,false]}'))).toEqual(read(plain));
  });

  it("accepts the sample that the refusals are made of", () => {
    expect(problemOf(textOf((whole) => whole))).toBe("accepted");
  });

  it("keeps personal data out of its messages", () => {
    const message = (text: string) => {
      try {
        read(text);
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
    const priceOf = (text: string) => read(textOf((whole) => whole.replace("1.50", text))).price;
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
