import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeNewFiles } from "../../../src/migrations/write-new-files.ts";

let folder: string;
let modes: number[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-new-"));
  modes = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a secret is its owner's alone while the others are still being written", () => {
  const secret = join(folder, "secret.env");
  const given = join(folder, "package.json");
  writeFileSync(given, "{}");
  const change = (text: string) => {
    modes.push(statSync(secret).mode & 0o777);
    return `${text}\n`;
  };
  const files = new Map([
    [secret, { text: "password=x", isSecret: true }],
    [join(folder, "README.md"), { text: "Read me." }],
  ]);
  writeNewFiles(files, [{ path: given, change }]);
  expect(modes).toEqual([0o600]);
  expect(readFileSync(secret, "utf8")).toBe("password=x");
  expect(readFileSync(given, "utf8")).toBe("{}\n");
  expect(statSync(join(folder, "README.md")).mode & 0o777).toBe(0o666 & ~process.umask());
});
