import { buildSchema, type DocumentNode, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { readToken } from "../../../src/freshness/write-token.ts";
import { createCursorCodec } from "../../../src/graphql/cursors.ts";
import { limitTexts, nestsDeeper } from "../../../src/graphql/text-limits.ts";
import {
  quote,
  readBigInt,
  readDate,
  readDateTime,
  readDecimal,
  readDocumentId,
  readValue,
} from "../../../src/graphql/values.ts";
import { string } from "../../../src/models/field.ts";
import { createHostRule } from "../../../src/monitor/allowed-hosts.ts";
import { parcel, person } from "./shop.ts";

/** Everything that takes a text from a client. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  BigInt: readBigInt,
  Decimal: readDecimal,
  "Decimal behind a point": (text) => readDecimal(`1.${text}`),
  Date: readDate,
  DateTime: readDateTime,
  "DateTime behind milliseconds": (text) => readDateTime(`2024-02-29T13:45:00.000${text}`),
  String: (text) => readValue(string("Text."), text),
  "an id that is a number": (text) => readDocumentId(parcel, text),
  "an id of text": (text) => readDocumentId({ ...person, key: "name" }, text),
  cursor: createCursorCodec(parcel, []).decode,
  "cursor of such a text": (text) =>
    createCursorCodec(parcel, []).decode(Buffer.from(text).toString("base64url")),
  token: (text) => readToken(text),
  "token of such a text": (text) => readToken(Buffer.from(text).toString("base64url")),
  Host: (host) =>
    createHostRule("127.0.0.1", ["shop.example"]).refuse({ headers: { host }, httpVersion: "1.1" }),
  "nesting of a body": (text) => nestsDeeper(text, 500),
  "what an error shows": quote,
};

const classes: Readonly<Record<string, string>> = {
  digits: "1",
  zeros: "0",
  letters: "a",
  spaces: " ",
  brackets: "[",
  quotes: '"',
  backslashes: "\\",
  points: ".",
  colons: ":",
  minuses: "-",
  lines: "\n",
  umlauts: "ü",
  "other planes": "😀",
  halves: "\ud800",
};
/** What makes a text fail at its end is where a search that goes back and forth shows. */
const shapes: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `${text}!`,
  (text) => `-${text}.`,
];

const SIZE = 5000;
const FACTOR = 8;
const MOMENT_MS = 50;

/** Least time of some runs, in ms: what else the machine does only adds. */
function time(read: (text: string) => unknown, text: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run += 1) {
    const start = performance.now();
    try {
      read(text);
    } catch {
      // Refused is as good.
    }
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

describe("A text of any length and of any characters costs no more than in proportion", {
  timeout: 60_000,
}, () => {
  test.each(Object.entries(readers))("read as %s", (_, read) => {
    for (const [name, character] of Object.entries(classes))
      for (const shape of shapes) {
        const short = time(read, shape(character.repeat(SIZE)));
        const long = time(read, shape(character.repeat(SIZE * FACTOR)));
        // Twice the size that costs four times as much would be 64 here. What takes less than a moment is not compared.
        expect(long, name).toBeLessThan(Math.max(MOMENT_MS, 3 * FACTOR * short));
      }
  });
});

test("A query of very many lines has errors that look for no line in it, a thousand times over", () => {
  const parsed = (lines: number): DocumentNode => {
    let guarded: typeof parse = parse;
    const setParseFn = (next: typeof parse) => {
      guarded = next;
    };
    limitTexts.onParse?.({ parseFn: parse, setParseFn } as unknown as Parameters<
      NonNullable<typeof limitTexts.onParse>
    >[0]);
    return guarded(`{${"\n".repeat(lines)} nonsense }`);
  };
  const schema = buildSchema("type Query { sense: Int }");
  const locate = (lines: number) => validate(schema, parsed(lines)).map(({ locations }) => locations);
  expect(locate(100)).toEqual([[{ line: 101, column: 2 }]]);
  expect(locate(90_000)).toEqual([undefined]);
});

describe("A value that is nested", () => {
  const lists = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

  test("is told from a text that has brackets in it", () => {
    expect(nestsDeeper(lists(500), 500)).toBe(false);
    expect(nestsDeeper(lists(501), 500)).toBe(true);
    expect(nestsDeeper(JSON.stringify({ text: `"\\${lists(600)}\\` }), 1)).toBe(false);
    expect(nestsDeeper('{"a":"\\\\","b":[[1]]}', 2)).toBe(true);
  });

  test("deeper than a stack is refused in a cursor as every other text that is none", () => {
    const [bond] = JSON.parse(
      Buffer.from(createCursorCodec(parcel, []).encode({}), "base64url").toString(),
    ) as [string];
    const cursor = Buffer.from(`["${bond}",${lists(100_000)}]`).toString("base64url");
    expect(() => createCursorCodec(parcel, []).decode(cursor)).toThrow(
      expect.objectContaining({ code: "BAD_INPUT" }),
    );
    expect(() => readDecimal(JSON.parse(lists(100_000)))).toThrow(
      expect.objectContaining({ code: "BAD_INPUT" }),
    );
  });
});
