import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CsvRecord, readCsv } from "../../../src/imports/read-csv.ts";
import { stageFile } from "../../../src/imports/stage-file.ts";
import type { CsvFormat } from "../../../src/models/import-definition.ts";
import { type MariaDbConnection, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createDraw, type Draw, drawFile } from "../../support/random-csv.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const seed = readTestSeed();
/** Without it a fixed number of files. */
const minutes = Number(process.env.VITRINE_FUZZ_MINUTES ?? 0);
const fewest = 2000;
const filesPerConnection = 10;

let database: TestDatabase;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "vitrine-records-"));
  database = await openTestDatabase({ migrate: false });
  await database.admin.run(
    `create table staging (\`row_number\` int unsigned not null, a varchar(500), b varchar(500), c varchar(500),
    rest varchar(1000), fault varchar(200)) engine = Aria transactional = 0
    default charset = utf8mb4 collate = utf8mb4_nopad_bin`,
  );
});
afterAll(async () => {
  await database?.close();
  await rm(dir, { recursive: true, force: true });
});

const definition = { file: "x.csv", staging: "staging", columns: { A: "a", B: "b", C: "c" } };

/** A file of some dialect: the drawn one with its commas and that delimiter exchanged. */
function drawDialect(draw: Draw): { readonly bytes: Buffer; readonly format: CsvFormat } {
  const delimiter = draw.pick([",", ";", "\t"] as const);
  const text = drawFile(draw).toString("latin1");
  const exchanged = [...text].map((one) => (one === "," ? delimiter : one === delimiter ? "," : one));
  const format = { kind: "csv", header: true, delimiter, trim: draw.number(2) === 0 } as const;
  return { bytes: Buffer.from(exchanged.join(""), "latin1"), format };
}
const toText = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");

/** What the reader says, in pieces of any size; a message when the file is refused. */
async function readFile(
  bytes: Buffer,
  format: CsvFormat,
  draw: Draw,
): Promise<readonly CsvRecord[] | string> {
  const text = bytes.toString("latin1");
  const size = 1 + draw.number(64);
  async function* source() {
    for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
  }
  const records: CsvRecord[] = [];
  try {
    for await (const batch of readCsv(source(), "x.csv", format)) records.push(...batch);
  } catch (error) {
    return (error as Error).message;
  }
  return records;
}

const toNames = ({ fields }: CsvRecord) => fields.map((one) => toText(one).trim().toLowerCase());
const isReordered = (record: CsvRecord, _: number, [first]: readonly CsvRecord[]) =>
  first !== undefined &&
  toNames(record).join() !== toNames(first).join() &&
  toNames(record).sort().join() === toNames(first).sort().join();

/** What must be in the staging table of records as the reader gives them. */
function toRows([first, ...records]: readonly CsvRecord[]): readonly object[] {
  const names = (first?.fields ?? []).map((name) => name.toLowerCase());
  return records
    .filter(({ fields }) => fields.map((one) => toText(one).trim().toLowerCase()).join() !== names.join())
    .map(({ line, fields, text, problem }) => {
      const isShaped = problem === undefined && fields.length === names.length;
      const values = ["a", "b", "c"].map((name) => toText(fields[names.indexOf(name)] ?? ""));
      const cells = values.map((value) => (isShaped ? [...value].slice(0, 500).join("") : null));
      const tooLong = names.find(
        (name) => "abc".includes(name) && [...(values["abc".indexOf(name)] ?? "")].length > 500,
      );
      return {
        row_number: line,
        a: cells[0],
        b: cells[1],
        c: cells[2],
        rest: isShaped ? null : [...toText(text)].slice(0, 1000).join(""),
        fault: isShaped
          ? tooLong === undefined
            ? null
            : `${tooLong.toUpperCase()}: is longer than 500 letters`
          : (problem ?? `${fields.length} columns instead of ${names.length}`),
      };
    });
}

/** Stages the next file of the seed, and expects of the server what the reader says of it. */
async function compareFile(
  connection: MariaDbConnection,
  counts: { files: number; refused: number; records: number; malformed: number },
): Promise<void> {
  const draw = createDraw(seed, counts.files);
  const { bytes, format } = drawDialect(draw);
  const path = join(dir, "x.csv");
  await writeFile(path, bytes);
  const found = await readFile(bytes, format, draw);
  await connection.run("delete from staging");
  const staged = await stageFile(connection, path, { ...definition, format }).catch(
    (error: Error) => error.message,
  );
  const what = `file ${counts.files}: ${JSON.stringify(format)} ${JSON.stringify(bytes.toString())}`;
  counts.files += 1;
  if (typeof staged === "string") {
    counts.refused += 1;
    // Refused as a whole for a header in another order, for what the reader says (perhaps of a later line), or for
    // its last line.
    if (/: the header comes again/.test(staged))
      expect(typeof found === "string" || found.some(isReordered), what).toBe(true);
    else if (typeof found === "string") expect(staged, what).toBe(found);
    else expect(staged, what).toMatch(/^x\.csv ends in the middle of line \d+ /);
    return;
  }
  const rows = typeof found === "string" ? found : toRows(found);
  const sql = "select `row_number`, a, b, c, rest, fault from staging order by `row_number`";
  expect(await connection.query(sql), what).toEqual(rows);
  expect(staged.rows, what).toBe(rows.length);
  counts.records += staged.rows;
  counts.malformed += staged.malformed;
}

test(`the server stages every record that the reader finds, as it is (VITRINE_TEST_SEED=${seed})`, {
  timeout: 120_000 + minutes * 60_000,
}, async () => {
  const endsAt = Date.now() + minutes * 60_000;
  const counts = { files: 0, refused: 0, records: 0, malformed: 0 };
  while (counts.files < fewest || Date.now() < endsAt) {
    // The driver leaves listeners on a connection with each file.
    const server = openMariaDb(database.mariadbUrl, { size: 1 });
    try {
      await server.withConnection(async (connection) => {
        for (let i = 0; i < filesPerConnection; i++) await compareFile(connection, counts);
      });
    } finally {
      await server.close();
    }
  }
  console.info(`${JSON.stringify(counts)}: no difference.`);
  // What is refused tells little: most files are loaded.
  expect(counts.refused).toBeLessThan(counts.files / 2);
  expect(counts.records - counts.malformed).toBeGreaterThan(counts.files);
});
