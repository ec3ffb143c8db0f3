import { describe, expect, test } from "vitest";
import { decodeBytes } from "../../../src/imports/check-text.ts";
import { chooseReader } from "../../../src/imports/choose-reader.ts";
import type { FileRecord } from "../../../src/imports/file-record.ts";
import { matchHeader } from "../../../src/imports/match-header.ts";
import { stagingColumns, toStagingLine } from "../../../src/imports/to-staging-line.ts";
import type { CsvFormat } from "../../../src/models/import-definition.ts";

const columns = { Id: "id", Name: "name", "Sold At": "sold_at" };

/** The staging lines of a file, behind the names of their columns. */
async function stage(format: Omit<CsvFormat, "kind">, text: string): Promise<readonly string[]> {
  async function* source() {
    for (const letter of Buffer.from(text).toString("latin1")) yield letter;
  }
  const definition = { file: "x.csv", staging: "x", columns, format: { kind: "csv" as const, ...format } };
  const reader = chooseReader(definition);
  const records: FileRecord[] = [];
  for await (const batch of reader.read(source(), "x.csv")) records.push(...batch);
  const shape = reader.match(records[0], definition);
  const lines = records.slice(shape.hasHeader ? 1 : 0).filter((one) => !shape.repeats(one));
  return [
    stagingColumns(shape).slice(1, -2).join(),
    ...lines.map((record) => decodeBytes(toStagingLine(record, shape)).trimEnd().replaceAll("\t", "|")),
  ];
}

describe("A file without a header", () => {
  test("has its fields in the order of the columns, from the first line on", async () => {
    expect(await stage({ header: false }, "\u{feff}1,Rose,2021\n2,,\n")).toEqual([
      "id,name,sold_at",
      "1|1|Rose|2021|\\N|\\N",
      "2|2|||\\N|\\N",
    ]);
  });

  test("with a column more or less in a line costs that line", async () => {
    expect(await stage({ header: false }, "1,Rose\n1,Rose,2021,x\n2,Elm,2022\n")).toEqual([
      "id,name,sold_at",
      "1|\\N|\\N|\\N|1,Rose|2 columns instead of 3",
      "2|\\N|\\N|\\N|1,Rose,2021,x|4 columns instead of 3",
      "3|2|Elm|2022|\\N|\\N",
    ]);
  });

  test("that is empty is refused", async () => {
    for (const header of [false, "maybe"] as const)
      for (const text of ["", "\u{feff}", "\n\n,,\n"])
        await expect(stage({ header }, text)).rejects.toThrow("x.csv, line 1: the file is empty.");
  });
});

describe("A file that may have a header", () => {
  test.each([
    ["lacks a column", "Id,Name\n1,Rose\n", 'line 1: the header lacks "Sold At".'],
    ["calls one otherwise", "Name,No,Sold At\nRose,1,2021\n", 'line 1: the header lacks "Id".'],
    ["has one alone", "x,name,y\n", 'line 1: the header lacks "Id", "Sold At".'],
    ["has a column twice", "id,name,sold at,ID\n", 'line 1: the column "id" is there twice.'],
    ["has a lost quote", 'Id,"Name,Sold At\n', "line 1: this is no header: a quote is not closed."],
  ])("is refused when that %s: its fields would go to other columns", async (_what, text, problem) => {
    await expect(stage({ header: "maybe" }, text)).rejects.toThrow(`x.csv, ${problem}`);
  });

  test("has one when its first record names all columns, in any order and case, and perhaps again", async () => {
    expect(
      await stage({ header: "maybe" }, "sold at,Other, ID,name\n2021,x,1,Rose\nSold At,other,id,NAME\n"),
    ).toEqual(["sold_at,id,name", "2|2021|1|Rose|\\N|\\N"]);
  });

  test("has none when its first record is one", async () => {
    expect(await stage({ header: "maybe" }, "1,Rose,2021\n")).toEqual([
      "id,name,sold_at",
      "1|1|Rose|2021|\\N|\\N",
    ]);
    expect(await stage({ header: "maybe" }, '1,"Rose,2021\n2,Names,2022\n')).toEqual([
      "id,name,sold_at",
      '1|\\N|\\N|\\N|1,"Rose,2021|a quote is not closed',
      "2|2|Names|2022|\\N|\\N",
    ]);
  });
});

describe("Blanks around values", () => {
  const text = 'Id, Name,Sold At\n1, Rose \t, 2021\r\n2 , "a, ""b"" " ,\t"x"\n';
  test("are left out where the format says so, and kept within quotes", async () => {
    expect(await stage({ header: true, trim: true }, text)).toEqual([
      "id,name,sold_at",
      "2|1|Rose|2021|\\N|\\N",
      '3|2|a, "b" |x|\\N|\\N',
    ]);
  });

  test("are part of the value elsewhere", async () => {
    expect((await stage({ header: true }, text))[1]).toBe("2|1| Rose \\t| 2021|\\N|\\N");
  });
});

test.each([";", "\t"] as const)(
  "Values may be split by %j, and a comma is a letter then",
  async (delimiter) => {
    const text = 'Id;"Name";Sold At\n1;a,b;"x;""y"""\n'.replaceAll(";", delimiter);
    expect(await stage({ header: true, delimiter, trim: true }, text)).toEqual([
      "id,name,sold_at",
      `2|1|a,b|x${delimiter === ";" ? ";" : "\\t"}"y"|\\N|\\N`,
    ]);
    await expect(stage({ header: true }, text)).rejects.toThrow('the header lacks "Id"');
  },
);

test("a header that comes again is known whatever invisible characters stand before it", () => {
  const toFields = (line: number, names: readonly string[]) => ({
    line,
    text: names.join(),
    problem: undefined,
    isUnfinished: false,
    fields: names.map((name) => Buffer.from(name, "utf8").toString("latin1")),
  });
  const { repeats } = matchHeader(toFields(1, ["Id", "Name", "Sold At"]), {
    file: "x.csv",
    staging: "x",
    columns,
  });
  for (const before of ["", "\ufeff", "\ufeff\ufeff ", "\u00a0"])
    expect(repeats(toFields(5, [`${before}ID`, "name", "Sold At"])), JSON.stringify(before)).toBe(true);
  expect(repeats(toFields(6, ["Ïd", "name", "Sold At"]))).toBe(false);
});
