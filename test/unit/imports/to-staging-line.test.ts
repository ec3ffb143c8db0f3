import { expect, test } from "vitest";
import { matchHeader } from "../../../src/imports/match-header.ts";
import { type CsvRecord, readCsv } from "../../../src/imports/read-csv.ts";
import { stagingColumns, toStagingLine } from "../../../src/imports/to-staging-line.ts";

const definition = { file: "x.csv", staging: "x", columns: { A: "a", B: "b" } };

async function toLines(text: string): Promise<readonly string[]> {
  async function* source() {
    yield Buffer.from(text).toString("latin1");
  }
  const records: CsvRecord[] = [];
  for await (const batch of readCsv(source(), "x.csv")) records.push(...batch);
  const header = matchHeader(records[0], definition);
  expect(stagingColumns(header)[0]).toBe("row_number");
  return records
    .slice(1)
    .map((record) => Buffer.from(toStagingLine(record, header), "latin1").toString("utf8"));
}

test("values stand between tabs in the order of the file, columns that nobody asked for are left out", async () => {
  expect(await toLines("B,Other,A\n1,2,3\né,,🙂\n")).toEqual(["2\t1\t3\t\\N\t\\N\n", "3\té\t🙂\t\\N\t\\N\n"]);
});

test("whatever the server could take for an end, or for null, is escaped", async () => {
  expect(await toLines('A,B\n"a\tb","c\nd"\n\\N,x\\\n"\r",NULL\n')).toEqual([
    "2\ta\\tb\tc\\nd\t\\N\t\\N\n",
    "4\t\\\\N\tx\\\\\t\\N\t\\N\n",
    "5\t\\r\tNULL\t\\N\t\\N\n",
  ]);
});

test("short, long and broken records are rejected with their text", async () => {
  expect(await toLines('A,B\n1\n1,2,"3"\n"4,5\n')).toEqual([
    "2\t\\N\t\\N\t1\t1 columns instead of 2\n",
    '3\t\\N\t\\N\t1,2,"3"\t3 columns instead of 2\n',
    '4\t\\N\t\\N\t"4,5\ta quote is not closed\n',
  ]);
});

test("a value of over 500 letters is refused, and shown up to there; one of 500 is not", async () => {
  const [long, right] = await toLines(`A,B\n1,${"🙂".repeat(501)}\n1,${"é".repeat(500)}\n`);
  expect(long).toBe(`2\t1\t${"🙂".repeat(500)}\t\\N\tB: is longer than 500 letters\n`);
  expect(right).toBe(`3\t1\t${"é".repeat(500)}\t\\N\t\\N\n`);
});
