import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runVitrine } from "../../support/run-vitrine.ts";

let database: TestDatabase;
let dir: string;
beforeAll(async () => {
  database = await openTestDatabase();
  dir = await mkdtemp(join(tmpdir(), "vitrine-files-"));
});
afterAll(async () => {
  await database?.close();
  await rm(dir, { recursive: true, force: true });
});

const run = (...args: readonly string[]) => runVitrine(database, join(dir, "data"), args);
const generate = (out: string, seed: string, ...more: readonly string[]) =>
  run("generate", "pos", "--scale", "0.002", "--seed", seed, "--out", join(dir, out), ...more);
const read = async (folder: string) =>
  Promise.all(
    (await readdir(join(dir, folder))).sort().map((file) => readFile(join(dir, folder, file), "utf8")),
  );
const orders = async () => Number((await database.admin.query("select count(*) as n from `order`"))[0]?.n);

describe("vitrine generate", () => {
  test("writes the five files, the same for the same seed, and says what it wrote", async () => {
    const first = await generate("seven", "7");
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^customers\.csv +[\d,]+ lines, [\d,]+ bytes$/m);
    const again = await generate("seven-again", "7", "--json");
    const { files } = JSON.parse(again.stdout);
    expect(files.map(({ file }: { file: string }) => file).sort()).toEqual([
      "TAXRATES.csv",
      "customers.csv",
      "orderlines.csv",
      "orders.csv",
      "products.csv",
    ]);
    expect((await generate("eight", "8", "--clean")).code).toBe(0);
    expect(await read("seven-again")).toEqual(await read("seven"));
    expect(await read("eight")).not.toEqual(await read("seven"));
  });

  test.each([
    ["an unknown domain", ["generate", "bakery", "--out", "x"], "These can: pos, softcart, totesys."],
    ["a scale that is none", ["generate", "pos", "--scale", "big", "--out", "x"], "above 0"],
    ["a negative seed", ["generate", "pos", "--seed", "-1", "--out", "x"], "whole number"],
    ["no folder", ["generate", "pos"], "--out"],
  ])("refuses %s with exit code 2", async (_what, args, said) => {
    const { code, stderr, stdout } = await run(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(said);
  });
});

describe("vitrine import", () => {
  test("imports what was generated, prints the summary, and changes nothing the second time", async () => {
    await generate("shop", "7");
    const first = await run("import", "pos", join(dir, "shop"), "--json");
    expect(first.code, first.stderr).toBe(0);
    const summary = JSON.parse(first.stdout);
    expect(summary).toMatchObject({ domain: "pos", tables: expect.any(Array), remarks: expect.any(Array) });
    expect(await orders()).toBeGreaterThan(0);
    const second = await run("import", "pos", join(dir, "shop"));
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/^Imported [\d,]+ lines of pos files in [\d.]+ s\.$/m);
    expect(second.stdout).toMatch(/^ {2}order +0 new, 0 changed, 0 gone$/m);
  });

  test("that cannot be says why, with its code, and leaves the tables as they were", async () => {
    const before = await orders();
    const missing = await run("import", "pos", join(dir, "nowhere"));
    expect(missing.code).toBe(65);
    expect(missing.stderr).toContain(`The folder ${join(dir, "nowhere")} does not exist. [IMPORT_INPUT]`);
    await mkdir(join(dir, "part"));
    await writeFile(join(dir, "part", "orders.csv"), "OID,CID,Ordered,Shipped\n");
    const part = await run("import", "pos", join(dir, "part"), "--json");
    expect([part.code, part.stdout]).toEqual([65, ""]);
    expect(JSON.parse(part.stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({
      error: {
        code: "IMPORT_INPUT",
        details: { missing: expect.arrayContaining(["customers.csv", "products.csv"]) },
      },
    });
    const unknown = await run("import", "bakery", dir);
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining("These can: pos, softcart, totesys."),
    ]);
    expect(await orders()).toBe(before);
  });

  test("that would delete too much, or refuses a line with --strict, ends with 65 and says what to do", async () => {
    const folder = join(dir, "odd");
    await generate("odd", "7");
    await writeFile(join(folder, "orderlines.csv"), "OID,PID\n");
    const lossy = await run("import", "pos", folder);
    expect([lossy.code, lossy.stdout]).toEqual([65, ""]);
    expect(lossy.stderr).toContain("or give --allow-deletes if this is meant. [IMPORT_REFUSED]");
    const customers = join(folder, "customers.csv");
    await writeFile(customers, `${await readFile(customers, "utf8")}x,A,B,Houston,TX,77001,s,,,\n`);
    const strict = await run("import", "pos", folder, "--strict", "--allow-deletes");
    expect([strict.code, strict.stdout]).toEqual([65, ""]);
    expect(strict.stderr).toMatch(
      /1 line was refused, and --strict allows none.*\n {2}reject .* × customers\.csv/,
    );
    expect((await run("import", "pos", folder, "--allow-deletes", "many")).code).toBe(2);
  });
});
