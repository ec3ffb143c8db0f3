import { BSON } from "mongodb";
import { describe, expect, test } from "vitest";
import type { FormatOptions } from "../../../src/exports/formats/format.ts";
import { formatOf } from "../../../src/exports/formats.ts";
import { type ExportFormat, exportFormats } from "../../../src/models/export-formats.ts";
import * as f from "../../../src/models/field.ts";
import { type Document, defineModel } from "../../../src/models/model.ts";

const { EJSON, Long, Int32, Decimal128 } = BSON;

const model = defineModel({
  name: "thing",
  typeName: "Thing",
  description: "One value of every kind.",
  key: "thingId",
  fields: {
    thingId: f.bigint("Number."),
    small: f.int("Int."),
    price: f.decimal("Money.", 2),
    name: f.string("Text.", { nullable: true }),
    fresh: f.boolean("Flag."),
    born: f.date("Day."),
    seen: f.dateTime("Moment."),
    parts: f.list(
      "Parts.",
      f.object("ThingPart", "A part.", { partId: f.int("Number."), at: f.date("Day.") }),
    ),
    other: f.link("thing", { key: "thingId" }),
  },
});

const thing: Document = {
  thingId: "9007199254740993",
  small: -5,
  price: "12345678901234567890.10",
  name: 'Ann "O\'Hara", Ünï\n',
  fresh: true,
  born: "1969-12-31",
  seen: "2024-02-29T13:45:00.120Z",
  parts: [{ partId: 1, at: "2024-02-29" }],
};
/** What the mirror stores for `thing`. */
const stored = {
  _id: Long.fromString("9007199254740993"),
  thingId: Long.fromString("9007199254740993"),
  small: new Int32(-5),
  price: Decimal128.fromString("12345678901234567890.10"),
  name: 'Ann "O\'Hara", Ünï\n',
  fresh: true,
  born: new Date("1969-12-31"),
  seen: new Date("2024-02-29T13:45:00.120Z"),
  parts: [{ partId: new Int32(1), at: new Date("2024-02-29") }],
};

async function* from(documents: readonly Document[]) {
  yield* documents;
}

async function encode(documents: readonly Document[], format: ExportFormat, options: FormatOptions = {}) {
  let text = "";
  for await (const chunk of formatOf(format).encode(model, from(documents), options)) text += chunk;
  return text;
}

describe("Extended JSON", () => {
  test.each(["relaxed", "canonical"] as const)("%s reads back as the same BSON bytes", async (form) => {
    const text = await encode([thing, { ...thing, name: null, parts: [] }], "ejson", { extendedJson: form });
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    const [first, second] = lines.map((line) => BSON.serialize(EJSON.parse(line, { relaxed: false })));
    expect(first).toEqual(BSON.serialize(stored));
    expect(second).toEqual(BSON.serialize({ ...stored, name: null, parts: [] }));
  });

  test("canonical is what the driver's own writer gives", async () => {
    const text = await encode([thing], "ejson", { extendedJson: "canonical" });
    expect(text).toBe(`${EJSON.stringify(stored, { relaxed: false })}\n`);
  });

  test("no line has a line break inside", async () => {
    const text = await encode([{ ...thing, name: "a\r\nb\u2028c" }], "ejson");
    expect(text.match(/\n/g)).toHaveLength(1);
  });
});

describe("NDJSON", () => {
  test("is plain JSON: numbers with all their digits, days and moments as ISO texts, and no type of MongoDB's", async () => {
    const text = await encode([thing, { ...thing, name: null, price: "-0.50", parts: [] }], "ndjson");
    expect(text).toBe(`{"thingId":9007199254740993,"small":-5,"price":12345678901234567890.10,\
"name":"Ann \\"O'Hara\\", Ünï\\n","fresh":true,"born":"1969-12-31","seen":"2024-02-29T13:45:00.120Z",\
"parts":[{"partId":1,"at":"2024-02-29"}]}
{"thingId":9007199254740993,"small":-5,"price":-0.50,\
"name":null,"fresh":true,"born":"1969-12-31","seen":"2024-02-29T13:45:00.120Z","parts":[]}
`);
    for (const line of text.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("small", -5);
  });

  test("no line has a line break inside", async () => {
    const text = await encode([{ ...thing, name: "a\r\nb\rc\u2028d" }], "ndjson");
    expect(text.match(/[\r\n]/g)).toEqual(["\n"]);
  });
});

describe("JSON", () => {
  test("is one array of documents as GraphQL shows them", async () => {
    expect(JSON.parse(await encode([thing, thing], "json"))).toEqual([thing, thing]);
  });

  test("is an empty array without documents", async () => {
    expect(await encode([], "json")).toBe("[]\n");
  });
});

describe("CSV", () => {
  test("has a header and one row per document, nested values as JSON text", async () => {
    const text = await encode([thing], "csv");
    const [header, ...rest] = text.split("\n");
    expect(header).toBe("thingId,small,price,name,fresh,born,seen,parts");
    expect(rest.join("\n")).toBe(
      `9007199254740993,-5,12345678901234567890.10,"Ann ""O'Hara"", Ünï\n",true,1969-12-31,2024-02-29T13:45:00.120Z,"[{""partId"":1,""at"":""2024-02-29""}]"\n`,
    );
  });

  test("tells a null from an empty text", async () => {
    const text = await encode(
      [
        { ...thing, name: null },
        { ...thing, name: "" },
      ],
      "csv",
    );
    const rows = text.split("\n").slice(1);
    expect(rows[0]).toContain(".10,,true");
    expect(rows[1]).toContain('.10,"",true');
  });

  test.each(["1 Main St\rSuite 4", "\r", "a\r\nb", "a\nb"])(
    "quotes a cell with the line end in %j",
    async (name) => {
      const text = await encode([{ ...thing, name }], "csv");
      expect(text).toContain(`.10,"${name}",true`);
    },
  );

  test("has a header without documents too", async () => {
    expect(await encode([], "csv")).toBe("thingId,small,price,name,fresh,born,seen,parts\n");
  });

  test("an error of the store reaches the reader", async () => {
    async function* broken(): AsyncIterable<Document> {
      yield thing;
      throw new Error("the store is gone");
    }
    const read = async () => {
      for await (const _ of formatOf("csv").encode(model, broken(), {}));
    };
    await expect(read()).rejects.toThrow("the store is gone");
  });
});

describe("CSV for spreadsheets", () => {
  const excel = async (document: Document) => {
    const text = await encode([document], "csv", { excel: true });
    return text.split("\r\n");
  };

  test("begins with a byte order mark, ends lines with CRLF, and has moments that are read as such", async () => {
    const [header, row, end] = await excel({ ...thing, thingId: "7", price: "-1.50", name: "Zoë" });
    expect(header).toBe("\u{feff}thingId,small,price,name,fresh,born,seen,parts");
    expect(row).toBe(
      `7,-5,-1.50,Zoë,true,1969-12-31,2024-02-29 13:45:00.120,"[{""partId"":1,""at"":""2024-02-29""}]"`,
    );
    expect(end).toBe("");
  });

  const nameOf = async (name: string) =>
    (await excel({ ...thing, thingId: "7", price: "1.00", name }))[1]?.match(
      /^7,-5,1\.00,(.*),true,1969/s,
    )?.[1];

  test.each([
    "00678",
    "0",
    "2024-01",
    "3/4",
    "1E5",
    "10:30",
    "MAR1",
    "1-Sep",
    "12345678901234567",
    "0049 30",
  ])("the text %s stays a text", async (name) => {
    const cell = await nameOf(name);
    expect(cell).toBe(/ /.test(name) ? name : `"=""${name}"""`);
  });

  test.each(["=1+1", "+49 30", "-2", "@sum(A1)", "\tx", "\rx", "＝1"])("%j is no formula", async (name) => {
    expect((await nameOf(name))?.replace(/^"|"$/g, "")).toBe(`'${name}`);
  });

  test("numbers of more digits than a spreadsheet keeps are texts; others are numbers", async () => {
    const [, row] = await excel(thing);
    expect(row).toMatch(/^"=""9007199254740993""",-5,"=""12345678901234567890\.10""",/);
  });
});

test("documents are read no faster than the text is taken", async () => {
  let read = 0;
  async function* endless(): AsyncIterable<Document> {
    for (;;) {
      read += 1;
      yield thing;
    }
  }
  for (const format of exportFormats) {
    read = 0;
    const text = formatOf(format).encode(model, endless(), {})[Symbol.asyncIterator]();
    await text.next();
    await new Promise((done) => setTimeout(done, 20));
    // Of parquet the first chunk is a row group.
    expect(read, format).toBeLessThan(format === "parquet" ? 20_100 : 2000);
    await text.return?.();
  }
});
