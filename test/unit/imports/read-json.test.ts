import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBytes } from "../../../src/imports/check-text.ts";
import { chooseReader } from "../../../src/imports/choose-reader.ts";
import type { FileRecord } from "../../../src/imports/file-record.ts";

const columns = { type: "type", "screen size": "screen_size", price: "price" };
type Kind = "ndjson" | "json";

async function read(
  kind: Kind,
  text: string | Buffer,
  chunkSize = 1_000_000,
): Promise<readonly FileRecord[]> {
  const bytes = Buffer.from(text).toString("latin1");
  async function* source() {
    for (let i = 0; i < bytes.length; i += chunkSize) yield bytes.slice(i, i + chunkSize);
  }
  const records: FileRecord[] = [];
  const definition = { file: "x.json", staging: "x", columns, format: { kind } };
  const reader = chooseReader(definition);
  for await (const batch of reader.read(source(), "x.json")) records.push(...batch);
  reader.match(records[0], definition);
  return records;
}

/** Each record as its line and its values, or what is wrong with it. */
const outline = (records: readonly FileRecord[]) =>
  records.map(({ line, fields, problem }) =>
    problem === undefined
      ? [line, ...fields.map((one) => (one === null ? null : decodeBytes(one)))]
      : [line, decodeBytes(problem)],
  );
const readOutline = async (kind: Kind, text: string | Buffer) => outline(await read(kind, text));

/** The same objects as a file of each format. */
const kinds: readonly (readonly [Kind, (objects: readonly string[]) => string])[] = [
  ["ndjson", (objects) => objects.map((one) => `${one}\n`).join("")],
  ["json", (objects) => `[${objects.join(",\n")}]`],
];

describe.each(kinds)("Objects of %s", (kind, toFile) => {
  test("give the values of the keys asked for, in their order, text as it reads and numbers as they are written", async () => {
    const objects = [
      '{"price": 12345678901234567890.10, "ram": "8GB", "type": "caf\\u00e9 é 🙂", "screen size": 1e2}',
      '{"type":"a\\tb\\\\","screen size":true,"price":-0.50}',
      '{"screen size": {"w": 1.0, "h": [1, null]}, "price": [1.10,  2]}',
    ];
    expect(await readOutline(kind, toFile(objects))).toEqual([
      [1, "café é 🙂", "1e2", "12345678901234567890.10"],
      [2, "a\tb\\", "true", "-0.50"],
      [3, null, '{"w": 1.0, "h": [1, null]}', "[1.10,  2]"],
    ]);
  });

  test("with null and without the key give null, an empty text is one", async () => {
    expect(await readOutline(kind, toFile(['{"type": null, "price": ""}']))).toEqual([[1, null, null, ""]]);
  });

  test.each([
    ["a text without end", '{"type": "x, "price": 1}', "is not valid JSON"],
    ["no end", '{"type": "x", "price": 1', "is not valid JSON"],
    ["two commas", '{"type": "x",, "price": 1}', "is not valid JSON"],
    ["a number that is none", '{"type": "x", "price": 01}', "is not valid JSON at character 25"],
    ["half a letter", '{"type": "\\ud83d"}', "holds half of a surrogate pair, which has no UTF-8 form"],
    ["a key twice", '{"type": "x", "type": "y"}', 'has the key "type" twice'],
    ["other keys", '{"Type": "x", "cost": 1}', "has none of the keys type, screen size, price"],
    ["no keys", "{}", "has none of the keys type, screen size, price"],
    ["a text", '"x"', "is no JSON object"],
    ["a number", "17", "is no JSON object"],
    ["a list", '[{"type": "x"}]', "is no JSON object"],
    ["deep nesting", `{"type": ${"[".repeat(50_000)}${"]".repeat(50_000)}}`, "is nested more than 100 deep"],
  ])("that are broken (%s) cost themselves alone, and say why", async (_what, broken, reason) => {
    const good = '{"type": "good", "price": 1}';
    const found = await readOutline(kind, toFile([good, broken, good, good]));
    expect(found).toEqual([
      [1, "good", null, "1"],
      [2, expect.stringContaining(reason)],
      [3, "good", null, "1"],
      [4, "good", null, "1"],
    ]);
    // What stands before a colon is taken for a column.
    expect(found[1]?.[1]).not.toContain(": ");
  });

  test("are the same however the bytes arrive, for any keys and values", { timeout: 60_000 }, async () => {
    const object = fc.record({ type: fc.string({ unit: "binary" }), price: fc.double(), 'ä"{[': fc.json() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 1 }),
        fc.integer({ min: 1, max: 40 }),
        async (objects, size) => {
          const wellFormed = objects.map((one) => ({ ...one, type: Buffer.from(one.type).toString() }));
          const file = toFile(wellFormed.map((one) => JSON.stringify(one)));
          const found = outline(await read(kind, file, size));
          expect(found).toEqual(await readOutline(kind, file));
          expect(found).toEqual(
            wellFormed.map(({ type, price }, i) => [
              i + 1,
              type,
              null,
              Number.isFinite(price) ? JSON.stringify(price) : null,
            ]),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  test("behind a byte order mark, between blank lines and with CRLF are read", async () => {
    const text = `\u{feff}${toFile(['{"type":"a"}', "", '{"type":"b"}'])}`.replaceAll("\n", "\r\n");
    expect(await readOutline(kind, text)).toEqual([
      [1, "a", null, null],
      [3, "b", null, null],
    ]);
  });

  test.each([
    ["is empty", "", "x.json, line 1: the file is empty."],
    ["is binary", '{"type": "a\0"}\n', "this is no text file"],
    ["is not UTF-8", Buffer.from('{"type": "\xe9"}\n', "latin1"), "the text is not UTF-8"],
    ["has no ends", `{"type": "${"a".repeat(1_100_000)}`, "does not end within 1 MiB"],
  ])("are refused when the file %s", async (_what, text, message) => {
    const file = typeof text === "string" && text.startsWith("{") && kind === "json" ? `[${text}` : text;
    const bytes = Buffer.isBuffer(file) && kind === "json" ? Buffer.concat([Buffer.from("["), file]) : file;
    await expect(read(kind, bytes, 65_536)).rejects.toMatchObject({
      code: "IMPORT_INPUT",
      message: expect.stringContaining(message),
    });
  });
});

describe("A JSON list", () => {
  const pretty = (objects: readonly unknown[]) => JSON.stringify(objects, null, 2);
  test("is read however it is broken into lines", async () => {
    const objects = [{ type: "a", list: [{ n: 1 }] }, { type: "b", more: { n: {} } }, { type: "]},{" }];
    for (const text of [
      pretty(objects),
      JSON.stringify(objects),
      JSON.stringify(objects).replaceAll(',"', ',\r\n"'),
    ])
      expect((await readOutline("json", text)).map(([, type]) => type)).toEqual(["a", "b", "]},{"]);
    expect(await readOutline("json", " [ ] ")).toEqual([]);
  });

  test("loses nothing behind an object of many lines with a lost quote or brace", async () => {
    const text = pretty([{ type: "a" }, { type: "b", price: 1, list: [{ n: 1 }] }, { type: "c" }]);
    for (const broken of [text.replace('"b"', '"b'), text.replace('"price"', 'price"')])
      expect(await readOutline("json", broken)).toEqual([
        [2, "a", null, null],
        [5, expect.stringContaining("is not valid JSON")],
        [14, "c", null, null],
      ]);
  });

  test.each([
    ["its end", '{"type":"b","price":1,'],
    ["the end of what it holds", '{"type":"b","more":{"n":1,"price":1},'],
    ["the end of a list that it holds", '{"type":"b","list":[1,2,"price":1},'],
    ["its beginning", '"type":"b"},'],
  ])("loses nothing behind an object that has lost %s, on one line too", async (_what, broken) => {
    for (const end of ["", "\n"]) {
      const text = `[{"type":"a"},${end}${broken}${end}{"type":"c"},${end}{"type":"d"}]`;
      const found = await readOutline("json", text);
      expect(found.filter((one) => one.length === 4).map(([, type]) => type)).toEqual(["a", "c", "d"]);
      expect(found.filter((one) => one.length === 2).length).toBeGreaterThan(0);
    }
  });

  test.each([
    ["is cut between objects", '[{"type": "a"},\n', "line 2: the file ends before the list does"],
    ["is cut in an object", '[{"type": "a"},\n{"type": "b', "line 2: the file ends before the list does"],
    ["is cut behind the last object", '[{"type": "a"}', "the file ends before the list does"],
    ["goes on behind its end", '[{"type": "a"}]\n[]', "line 2: text follows the list"],
    [
      "holds one object per line",
      '{"type": "a"}\n',
      "line 1: this is no JSON list. Does it hold one object per line?",
    ],
  ])("that %s is refused as a whole", async (_what, text, message) => {
    await expect(read("json", text)).rejects.toThrow(message);
  });
});

test("A JSON list in the place of JSON lines is found out", async () => {
  for (const text of ['[{"type": "a"},\n{"type": "b"}]', '[\n  {"type": "a"}\n]'])
    await expect(read("ndjson", text)).rejects.toThrow(
      'this is a JSON list. Declare its format: { kind: "json" }.',
    );
});

test("A last line without a line end says so", async () => {
  expect(
    (await read("ndjson", '{"type":"a"}\n{"type":"b"}')).map(({ isUnfinished }) => isUnfinished),
  ).toEqual([false, true]);
});

test("A broken record keeps its last letter, whatever its bytes", async () => {
  for (const letter of ["à", "\u00a0", "\u4fa0", "😠"])
    for (const [kind, toFile] of kinds)
      expect(await readOutline(kind, toFile([`{"type": "${letter}`, '{"type": "b"}'])), letter).toEqual([
        [1, expect.stringContaining("is not valid JSON")],
        [2, "b", null, null],
      ]);
});
