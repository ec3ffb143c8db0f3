import { describe, expect, it } from "vitest";
import { bigint, int, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { parseDocumentId } from "../../../src/stores/conversion/document-id.ts";

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
