import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  readBigInt,
  readDate,
  readDateTime,
  readDecimal,
  readDocumentId,
  readValue,
} from "../../../src/graphql/values.ts";
import { decimal, int } from "../../../src/models/field.ts";
import { parcel } from "./shop.ts";

const refused = (read: () => unknown) => expect(read).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));

describe("Exact values", () => {
  test("keep every digit of a decimal", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.nat(99), (whole, cents) => {
        const text = `${whole}.${String(cents).padStart(2, "0")}`;
        const zero = whole === 0n && cents === 0;
        expect(readValue(decimal("", 2), text)).toBe(zero ? "0.00" : text);
      }),
    );
  });

  test("are brought to the scale of the field, never rounded", () => {
    expect(readValue(decimal("", 2), "007.5")).toBe("7.50");
    expect(readValue(decimal("", 2), "-0")).toBe("0.00");
    expect(readValue(decimal("", 2), "7.500")).toBe("7.50");
    expect(readValue(decimal("", 0), "7.0")).toBe("7");
    refused(() => readValue(decimal("", 2), "7.505"));
  });

  test.each(["", "abc", "1e3", "1,5", "+1", ".5", "1.", " 1", "NaN", "١", 1.5, null, true, "1".repeat(35)])(
    "refuse the decimal %j",
    (text) => refused(() => readDecimal(text)),
  );

  test("keep 64 bits of an integer", () => {
    expect(readBigInt("9223372036854775807")).toBe("9223372036854775807");
    expect(readBigInt("-0")).toBe("0");
    refused(() => readBigInt("9223372036854775808"));
    refused(() => readBigInt(2 ** 60));
    refused(() => readValue(int(""), 2 ** 31));
  });

  test("know the calendar", () => {
    expect(readDate("2024-02-29")).toBe("2024-02-29");
    for (const text of [
      "2023-02-29",
      "2024-13-01",
      "2024-00-01",
      "0000-01-01",
      "2024-1-1",
      "20240101",
      20240101,
    ])
      refused(() => readDate(text));
  });

  test("turn every offset into UTC with milliseconds", () => {
    expect(readDateTime("2024-02-29T23:30:00-05:00")).toBe("2024-03-01T04:30:00.000Z");
    expect(readDateTime("2024-02-29t23:30:00.12z")).toBe("2024-02-29T23:30:00.120Z");
    for (const text of [
      "2024-02-29",
      "2024-02-29T24:00:00Z",
      "2024-02-29T10:00:00",
      "2024-02-30T10:00:00Z",
      "2024-02-29T10:00:00.1234Z",
    ])
      refused(() => readDateTime(text));
  });

  test("round trip any moment", () => {
    const moments = fc.date({
      min: new Date("0001-01-02"),
      max: new Date("9999-12-30"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, (moment) => {
        expect(readDateTime(moment.toISOString())).toBe(moment.toISOString());
      }),
    );
  });

  test.each(["1abc", "01", "", "1.0", " 1", "-0", "2147483648", "1e3"])("refuse the id %j", (id) =>
    refused(() => readDocumentId(parcel, id)),
  );
});
