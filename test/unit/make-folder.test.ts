import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "../../src/make-folder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a folder is made with those above it, and one that is there stays", () => {
  const deep = join(folder, "a", "b");
  makeFolder(deep, { mode: 0o700 });
  writeFileSync(join(deep, "mine"), "");
  makeFolder(deep);
  expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o700);
  expect(statSync(join(deep, "mine")).isFile()).toBe(true);
});

test.each([
  ["a file", "file", "a file has this name"],
  ["a folder in a file", "file/deep/er", "a part of the path is a file"],
  ["a folder that the system will not have", "/proc/vitrine/deep", "none can be made there"],
  ["a name that is too long", "x".repeat(300), "longer than this system allows"],
])("%s is one sentence with a code, and is not tried for ever", (_what, name, reason) => {
  writeFileSync(join(folder, "file"), "");
  const path = name.startsWith("/") ? name : join(folder, name);
  expect(() => makeFolder(path)).toThrow(
    expect.objectContaining({ code: "FILE_FAILED", message: expect.stringContaining(reason) }),
  );
  const purpose = { code: "CONFIG_INVALID", remedy: "Name another." } as const;
  expect(() => makeFolder(path, { purpose })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("Name another.") }),
  );
});

test("there is one way to make folders", async () => {
  const users: string[] = [];
  for (const file of await readdir("src", { recursive: true }))
    if (file.endsWith(".ts") && /\bmkdir(?:Sync)?\b/.test(readFileSync(join("src", file), "utf8")))
      users.push(file);
  expect(users).toEqual(["make-folder.ts"]);
});
