import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ScanResult, scanRecords } from "../../../src/imports/scan-records.ts";

const header = Buffer.from("A,B");

async function scan(text: string | Buffer, chunkSize = 1_000_000) {
  const bytes = Buffer.from(text);
  async function* source() {
    for (let i = 0; i < bytes.length; i += chunkSize) yield bytes.subarray(i, i + chunkSize);
  }
  const result: ScanResult = { records: 0, malformed: 0, unfinished: false, lastLine: 1 };
  const parts: Buffer[] = [];
  for await (const part of scanRecords(source(), { file: "x.csv", header, columns: 2 }, result))
    parts.push(part);
  return { lines: Buffer.concat(parts).toString("utf8").split("\n").slice(0, -1), result };
}

describe("scanRecords", () => {
  test("numbers the lines of the file and leaves out the header", async () => {
    expect((await scan("A,B\n1,2\n3,4\n")).lines).toEqual(["2,1,2,NULL,NULL", "3,3,4,NULL,NULL"]);
  });

  test("leaves out repeated headers and blank lines, and still counts them", async () => {
    expect((await scan("A,B\n1,2\n\nA,B\n3,4\n")).lines).toEqual(["2,1,2,NULL,NULL", "5,3,4,NULL,NULL"]);
  });

  test("takes CRLF and LF, also mixed", async () => {
    expect((await scan("A,B\r\n1,2\r\nA,B\n3,4\n")).lines).toEqual(["2,1,2,NULL,NULL", "4,3,4,NULL,NULL"]);
  });

  test("passes quoted fields with commas, doubled quotes and line ends as they stand", async () => {
    const { lines, result } = await scan('A,B\n"a,b","say ""hi"""\n"x\ny",2\n5,6\n');
    expect(lines.join("\n")).toBe('2,"a,b","say ""hi""",NULL,NULL\n3,"x\ny",2,NULL,NULL\n5,5,6,NULL,NULL');
    expect(result.malformed).toBe(0);
  });

  test("keeps a quote inside an unquoted field", async () => {
    expect((await scan('A,B\n5" pipe,2\n')).lines).toEqual(['2,5" pipe,2,NULL,NULL']);
  });

  test("quotes the word NULL, which the server would read as no value", async () => {
    expect((await scan("A,B\nNULL,2\n1,NULL\nNULLS,aNULL\n")).lines).toEqual([
      '2,"NULL",2,NULL,NULL',
      '3,1,"NULL",NULL,NULL',
      "4,NULLS,aNULL,NULL,NULL",
    ]);
  });

  test("sets short and long lines aside with their text", async () => {
    const { lines, result } = await scan('A,B\n1\n1,2,"3"\n4,5\n');
    expect(lines).toEqual([
      '2,,,"1","1 columns instead of 2"',
      '3,,,"1,2,""3""","3 columns instead of 2"',
      "4,4,5,NULL,NULL",
    ]);
    expect(result).toMatchObject({ records: 3, malformed: 2 });
  });

  test("loses one line, not the rest of the file, to a quote that is not closed", async () => {
    const { lines } = await scan('A,B\n"1,2\n3,4\n"5","6"\n');
    expect(lines).toEqual(['2,,,"""1,2","a quote is not closed"', "3,3,4,NULL,NULL", '4,"5","6",NULL,NULL']);
    const long = `A,B\n"1,2\n${"3,4\n".repeat(40_000)}`;
    expect((await scan(long, 10_000)).result).toMatchObject({ records: 40_001, malformed: 1 });
  });

  test("tells a last line without a line end, and refuses one that is cut", async () => {
    const { lines, result } = await scan("A,B\n1,2\n3,4");
    expect(lines).toHaveLength(2);
    expect(result).toMatchObject({ unfinished: true, lastLine: 3 });
    await expect(scan("A,B\n1,2\n3")).rejects.toMatchObject({
      code: "IMPORT_INPUT",
      message: expect.stringContaining("x.csv ends in the middle of line 3"),
    });
    await expect(scan('A,B\n1,2\n3,"4')).rejects.toMatchObject({ code: "IMPORT_INPUT" });
  });

  test("names the line that is not UTF-8, and the one that is no text", async () => {
    const latin1 = Buffer.concat([Buffer.from("A,B\n1,2\n"), Buffer.from("é,4\n", "latin1")]);
    await expect(scan(latin1)).rejects.toThrow("x.csv, line 3: the text is not UTF-8");
    await expect(scan("A,B\n1,\u0000\n")).rejects.toThrow("x.csv, line 2: this is no text file");
  });

  test("gives the same lines however the bytes arrive", async () => {
    const field = fc.oneof(
      fc.constantFrom("", "NULL", "é", '"a,b"', '"q""q"', '"x\ny"', "7", '"'),
      fc.string(),
    );
    const row = fc.tuple(fc.array(field, { minLength: 1, maxLength: 3 }), fc.constantFrom("\n", "\r\n"));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 8 }),
        fc.integer({ min: 1, max: 7 }),
        async (rows, size) => {
          const text = `A,B\n${rows.map(([fields, end]) => fields.join(",") + end).join("")}`;
          const outcome = (chunk: number) => scan(text, chunk).catch((error: Error) => error.message);
          expect(await outcome(size)).toEqual(await outcome(1_000_000));
        },
      ),
    );
  });
});
