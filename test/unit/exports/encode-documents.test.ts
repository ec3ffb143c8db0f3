import { BSON } from "mongodb";
import { describe, expect, test } from "vitest";
import { type ExportFormat, encodeDocuments } from "../../../src/exports/encode-documents.ts";
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

async function encode(documents: readonly Document[], format: ExportFormat, form: "relaxed" | "canonical") {
  let text = "";
  for await (const chunk of encodeDocuments(model, from(documents), format, form)) text += chunk;
  return text;
}

describe("Extended JSON", () => {
  test.each(["relaxed", "canonical"] as const)("%s reads back as the same BSON bytes", async (form) => {
    const text = await encode([thing, { ...thing, name: null, parts: [] }], "ndjson", form);
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    const [first, second] = lines.map((line) => BSON.serialize(EJSON.parse(line, { relaxed: false })));
    expect(first).toEqual(BSON.serialize(stored));
    expect(second).toEqual(BSON.serialize({ ...stored, name: null, parts: [] }));
  });

  test("canonical is what the driver's own writer gives", async () => {
    const text = await encode([thing], "ndjson", "canonical");
    expect(text).toBe(`${EJSON.stringify(stored, { relaxed: false })}\n`);
  });

  test("no line has a line break inside", async () => {
    const text = await encode([{ ...thing, name: "a\r\nb\u2028c" }], "ndjson", "relaxed");
    expect(text.match(/\n/g)).toHaveLength(1);
  });
});

describe("JSON", () => {
  test("is one array of documents as GraphQL shows them", async () => {
    expect(JSON.parse(await encode([thing, thing], "json", "relaxed"))).toEqual([thing, thing]);
  });

  test("is an empty array without documents", async () => {
    expect(await encode([], "json", "relaxed")).toBe("[]\n");
  });
});

describe("CSV", () => {
  test("has a header and one row per document, nested values as JSON text", async () => {
    const text = await encode([thing], "csv", "relaxed");
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
      "relaxed",
    );
    const rows = text.split("\n").slice(1);
    expect(rows[0]).toContain(".10,,true");
    expect(rows[1]).toContain('.10,"",true');
  });

  test("has a header without documents too", async () => {
    expect(await encode([], "csv", "relaxed")).toBe("thingId,small,price,name,fresh,born,seen,parts\n");
  });

  test("an error of the store reaches the reader", async () => {
    async function* broken(): AsyncIterable<Document> {
      yield thing;
      throw new Error("the store is gone");
    }
    const read = async () => {
      for await (const _ of encodeDocuments(model, broken(), "csv", "relaxed"));
    };
    await expect(read()).rejects.toThrow("the store is gone");
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
  for (const format of ["json", "ndjson", "csv"] as const) {
    read = 0;
    const text = encodeDocuments(model, endless(), format, "relaxed")[Symbol.asyncIterator]();
    await text.next();
    await new Promise((done) => setTimeout(done, 20));
    expect(read, format).toBeLessThan(2000);
    await text.return?.();
  }
});
