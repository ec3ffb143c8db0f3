import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CsvRecord, readCsv } from "../../../src/imports/read-csv.ts";

async function read(text: string | Buffer, chunkSize = 1_000_000): Promise<readonly CsvRecord[]> {
  const bytes = Buffer.from(text).toString("latin1");
  async function* source() {
    for (let i = 0; i < bytes.length; i += chunkSize) yield bytes.slice(i, i + chunkSize);
  }
  const records: CsvRecord[] = [];
  for await (const batch of readCsv(source(), "x.csv")) records.push(...batch);
  return records;
}

const toText = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");
/** Each record as its line and its fields, or what is wrong with it. */
const outline = (records: readonly CsvRecord[]) =>
  records.map(({ line, fields, text, problem }) =>
    problem === undefined ? [line, ...fields.map(toText)] : [line, `${problem}: ${toText(text)}`],
  );
const readOutline = async (text: string) => outline(await read(text));

describe("readCsv", () => {
  test("numbers records by the line of the file where they begin", async () => {
    expect(await readOutline('A,B\n"x\ny",2\n\n3,4\n')).toEqual([
      [1, "A", "B"],
      [2, "x\ny", "2"],
      [5, "3", "4"],
    ]);
  });

  test("takes LF, CRLF and CR CR LF for line ends, also mixed, behind quotes and without", async () => {
    const expected = [
      [1, "A", "B"],
      [2, "1", "2"],
      [3, "3", "4"],
    ];
    for (const [one, other] of [
      ["\n", "\r\n"],
      ["\r\n", "\n"],
      ["\r\r\n", "\r\r\n"],
    ]) {
      expect(await readOutline(`A,B${one}1,2${other}3,4${one}`)).toEqual(expected);
      expect(await readOutline(`"A","B"${one}"1","2"${other}"3","4"${one}`)).toEqual(expected);
    }
  });

  test("unquotes fields with commas, doubled quotes and line ends", async () => {
    expect(await readOutline('"a,b","say ""hi"""\n"x\r\ny",""\n')).toEqual([
      [1, "a,b", 'say "hi"'],
      [2, "x\r\ny", ""],
    ]);
  });

  test("keeps a quote, a backslash, a carriage return and the word NULL inside a field as they are", async () => {
    expect(await readOutline('5" pipe,a\\\nNULL,\\N\na\rb,\tc\n')).toEqual([
      [1, '5" pipe', "a\\"],
      [2, "NULL", "\\N"],
      [3, "a\rb", "\tc"],
    ]);
  });

  test("drops lines of nothing but separators and blanks, and still counts them", async () => {
    expect(await readOutline('A,B\n,\n ,\t\n"",""\n,,,,\r\n\n1,2\n')).toEqual([
      [1, "A", "B"],
      [7, "1", "2"],
    ]);
  });

  test("drops a byte order mark before any record, quoted or not", async () => {
    expect(await readOutline('\u{feff}A,B\n\u{feff}"1",2\n3,\u{feff}4\n\u{feff}\n')).toEqual([
      [1, "A", "B"],
      [2, "1", "2"],
      [3, "3", "\u{feff}4"],
    ]);
  });

  test("loses one line, not the rest of the file, to a quote that is not closed", async () => {
    expect(await readOutline('A,B\n1,"2\n3,4\n')).toEqual([
      [1, "A", "B"],
      [2, 'a quote is not closed: 1,"2'],
      [3, "3", "4"],
    ]);
    const long = await read(`A,B\n"1,2\n${"3,4\n".repeat(40_000)}`, 10_000);
    expect(long).toHaveLength(40_002);
    expect(long.filter(({ problem }) => problem !== undefined)).toHaveLength(1);
  });

  test("rejects a line whose closing quote text follows, a carriage return too", async () => {
    expect(await readOutline('1,"Stool"\r,2\n3,"a"b\n"5","6"\n')).toEqual([
      [1, 'text follows a closing quote: 1,"Stool"\r,2'],
      [2, 'text follows a closing quote: 3,"a"b'],
      [3, "5", "6"],
    ]);
  });

  test("tells a last line without a line end", async () => {
    const unfinished = async (text: string) => (await read(text)).map(({ isUnfinished }) => isUnfinished);
    expect(await unfinished("A,B\n1,2\n")).toEqual([false, false]);
    expect(await unfinished("A,B\n1,2")).toEqual([false, true]);
    expect(await unfinished('A,B\n1,"2"')).toEqual([false, true]);
    expect(await unfinished('A,B\n1,"2')).toEqual([false, true]);
  });

  test("names the line that is not UTF-8, and the one that is no text", async () => {
    const latin1 = Buffer.concat([Buffer.from("A,B\n1,2\n"), Buffer.from("é,4\n", "latin1")]);
    await expect(read(latin1)).rejects.toThrow("x.csv, line 3: the text is not UTF-8");
    await expect(read("A,B\n1,\u0000\n")).rejects.toThrow("x.csv, line 2: this is no text file");
    await expect(read(Buffer.from("A,B\n1,2\n", "utf16le"))).rejects.toThrow("line 1: this is no text file");
  });

  test("refuses a line without an end, and does not keep it all", async () => {
    const chunks = async function* () {
      for (let i = 0; i < 100; i++) yield "x".repeat(65_536);
      throw new Error("It read on.");
    };
    await expect(
      (async () => {
        for await (const _ of readCsv(chunks(), "x.csv"));
      })(),
    ).rejects.toThrow("x.csv, line 1: the line does not end within 1 MiB. Is this a CSV file?");
  });

  const field = fc.oneof(
    fc.constantFrom("", "NULL", "é", '"a,b"', '"q""q"', '"x\ny"', '"x"\r', "7", '"', "\u{feff}", "\\", "\r"),
    fc.string(),
  );
  const end = fc.constantFrom("\n", "\r\n", "\r\r\n");
  const row = fc.tuple(fc.array(field, { minLength: 1, maxLength: 3 }), end);
  const file = fc.array(row, { maxLength: 8 }).map((rows) => rows.map(([f, e]) => f.join(",") + e).join(""));

  test("gives the same records however the bytes arrive", async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 1, max: 7 }), async (text, size) => {
        const outcome = (chunk: number) => read(text, chunk).catch((error: Error) => error.message);
        expect(await outcome(size)).toEqual(await outcome(1_000_000));
      }),
    );
  });

  test("leaves no text of a file out: between its records are line ends and blanks only", async () => {
    await fc.assert(
      fc.asyncProperty(file, async (text) => {
        const bytes = Buffer.from(text).toString("latin1");
        let at = 0;
        let between = "";
        for (const record of await read(text)) {
          const found = bytes.indexOf(record.text, at);
          between += bytes.slice(at, found);
          at = found + record.text.length;
        }
        expect(toText(between + bytes.slice(at))).toMatch(/^[\s,"\u{feff}]*$/u);
      }),
    );
  });

  test("gives back what was written, whatever is in the fields and however they are quoted", async () => {
    const cell = fc.oneof(fc.constantFrom("a,b", 'q"q', "x\ny", "x\r", "\\", "NULL", "é"), fc.string());
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, end, async (cells, lineEnd) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const written = cells.filter((one) =>
          one.some((text) => /[^ \t\r\n]/.test(text) && !text.includes("\0")),
        );
        const text = written.map((one) => one.map(quoted).join(",") + lineEnd).join("");
        const records = await read(text);
        expect(records.map(({ fields }) => fields.map(toText))).toEqual(written);
      }),
    );
  });
});
