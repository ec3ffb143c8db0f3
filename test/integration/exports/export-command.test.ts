import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createShop } from "../../support/shop.ts";

let database: TestDatabase;
let out: string;
beforeAll(async () => {
  database = await openTestDatabase();
  out = await mkdtemp(join(tmpdir(), "vitrine-export-"));
  const shop = await createShop(database.admin);
  await shop.customer("Ada");
  await shop.product("Tea", "42.99");
  await shop.sale("Ada", [["Tea", 2]]);
  await shop.sale("Ada", [["Tea", 20]]);
});
afterAll(async () => {
  await database?.close();
  await rm(out, { recursive: true, force: true });
});

/** Runs `vitrine export …`; `onError` sees what it says, and may stop it. */
function runExport(
  args: readonly string[],
  onError?: (text: string, stop: (signal: NodeJS.Signals) => void) => void,
) {
  const child = spawn(process.execPath, ["bin/vitrine.mjs", "export", ...args, "--json"], {
    env: {
      ...process.env,
      MARIADB_URL: database.mariadbUrl,
      MARIADB_LOADER_URL: "",
      MARIADB_READER_URL: "",
      MARIADB_WRITER_URL: "",
      MONGODB_URL: database.mongodbUrl,
      VITRINE_DATA_DIR: out,
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    onError?.(stderr, (signal) => child.kill(signal));
  });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((done) =>
    child.on("close", (code) => done({ code, stdout, stderr })),
  );
}

test("writes the documents that fit, under the name of the model, and prints the manifest", async () => {
  const folder = join(out, "files");
  const where = '{"largestQuantity": {"gt": 10}}';
  const { code, stdout, stderr } = await runExport([
    "order_checks",
    "--where",
    where,
    "--gzip",
    "--out",
    folder,
  ]);
  expect(stderr).not.toContain("[");
  expect(code).toBe(0);
  expect((await readdir(folder)).sort()).toEqual(["manifest.json", "order_checks.json.gz"]);
  const text = gunzipSync(await readFile(join(folder, "order_checks.json.gz"))).toString();
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).orderId),
  ).toEqual([2]);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")));
});

test("writes the definition of a table beside each file, and names it in the manifest", async () => {
  const folder = join(out, "tables");
  const { code, stdout } = await runExport([
    ...["order_checks", "ord", "--format", "csv", "--ddl", "postgres", "--out", folder],
  ]);
  expect(code).toBe(0);
  expect((await readdir(folder)).sort()).toEqual([
    ...["manifest.json", "ord.csv", "ord.sql", "order_checks.csv", "order_checks.sql"],
  ]);
  const named = JSON.parse(stdout).files.map(({ file, ddl }: Record<string, string>) => [file, ddl]);
  expect(named.sort()).toEqual([
    ["ord.csv", "ord.sql"],
    ["order_checks.csv", "order_checks.sql"],
  ]);
  expect(await readFile(join(folder, "ord.sql"), "utf8")).toContain('create table "order_details" (');
});

test.each([
  ["an unknown model", ["nothing"], 2, "UNKNOWN_MODEL"],
  ["a condition on an unknown field", ["order_checks", "--where", '{"totl": {"eq": "1"}}'], 2, "BAD_INPUT"],
  ["a spreadsheet form of what is no CSV", ["order_checks", "--excel"], 2, "USAGE"],
  ["an Extended JSON form of plain JSON", ["order_checks", "--ejson", "canonical"], 2, "USAGE"],
  ["a table for what is no CSV", ["order_checks", "--ddl", "postgres"], 2, "USAGE"],
  ["a table for a spreadsheet", ["order_checks", "--format", "csv", "--excel", "--ddl", "db2"], 2, "USAGE"],
  ["a second packing of Parquet", ["order_checks", "--format", "parquet", "--gzip"], 2, "USAGE"],
  ["a condition that is not JSON", ["order_checks", "--where", "{oops"], 2, "BAD_INPUT"],
  ["a condition for two models", ["order_checks", "sales", "--where", "{}"], 2, "USAGE"],
  ["a mirror that is not complete", ["sales", "--source", "mirror"], 69, "MIRROR_UNAVAILABLE"],
])("%s is refused with its code", async (_what, args, exit, errorCode) => {
  const folder = join(out, "refused");
  const { code, stderr } = await runExport([...args, "--out", folder]);
  expect(stderr).toContain(`"code":"${errorCode}"`);
  expect(code).toBe(exit);
  expect(await readdir(folder).catch(() => [])).toEqual([]);
});

test("a folder that cannot be written is refused with its code", async () => {
  await writeFile(join(out, "file"), "");
  const { code, stderr } = await runExport(["order_checks", "--out", join(out, "file", "deep")]);
  expect(stderr).toContain('"code":"EXPORT_FAILED"');
  expect(code).toBe(74);
});

test("documents that cannot be given are left out by name, the others are written, and the code says so", async () => {
  // The shop refuses such a date: this row is older than its triggers.
  await database.admin.query(`drop trigger order_before_update;
    update \`order\` set date_shipped = '0000-00-00', status = 'shipped' where order_id = 1`);
  const folder = join(out, "spoiled");
  const { code, stdout, stderr } = await runExport(["order_details", "--out", folder]);
  expect(code).toBe(3);
  const [file] = JSON.parse(stdout).files;
  expect(file).toMatchObject({
    rows: 1,
    leftOut: {
      documents: 1,
      first: [{ id: "1", reason: expect.stringContaining("order_details 1: shippedAt") }],
    },
  });
  expect(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")).files[0]).toEqual(file);
  expect(stderr).toContain("order_details 1: shippedAt is not a day of the calendar");
  expect(stderr).toContain("EXPORT_INCOMPLETE");
  const lines = (await readFile(join(folder, "ord.json"), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).orderId)).toEqual([2]);
  // A moment of the past has the same row.
  const [row] = await database.admin.query(
    "select date_format(max(row_start) + interval 1 second, '%Y-%m-%dT%TZ') as at, sleep(2) from `order`",
  );
  const past = await runExport(["order_details", "--out", folder, "--as-of", String(row?.at)]);
  expect([past.code, JSON.parse(past.stdout).files?.[0]?.rows]).toEqual([3, 1]);
  await database.admin.query("update `order` set date_shipped = '2005-01-01' where order_id = 1");
});

test("a stopped export leaves no file under its own name: nothing after Ctrl-C, a part after kill -9", async () => {
  const folder = join(out, "stopped");
  await database.admin.run(
    `insert into \`order\` (order_id, customer_id) select seq, 1 from seq_100_to_20000`,
  );
  // A millisecond per document: it is under way however fast the machine.
  const view = await readFile(join(database.sqlDir, "views/pos/order_details.sql"), "utf8");
  const slow = "    if(sleep(0.001) = 1, null, placed.status) as status,";
  await database.admin.query(view.replace("    placed.status,", slow));
  const stopWith = (signal: NodeJS.Signals) =>
    runExport(["order_details", "--format", "csv", "--out", folder], (text, stop) => {
      if (text.includes("Exporting")) stop(signal);
    });
  expect((await stopWith("SIGINT")).code).toBe(130);
  expect(await readdir(folder)).toEqual([]);
  await stopWith("SIGKILL");
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^ord\.csv\.[\w-]{36}\.partial$/)]);
  await database.admin.query(view);
});
