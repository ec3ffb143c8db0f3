import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFolder } from "../../../src/exports/destinations/folder.ts";

const signal = new AbortController().signal;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-folder-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* text(content: string) {
  yield content;
}

test("a folder that is not there holds nothing, and is made for the first file", async () => {
  const destination = openFolder(join(folder, "a", "b"));
  expect(await destination.list("")).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
  const file = await destination.write("tea/date=2024-01-01/1.parquet", text("Tea"), signal);
  expect(await destination.list("")).toEqual([]);
  await file.publish();
  expect(await destination.list("tea")).toEqual([{ path: "tea/date=2024-01-01/1.parquet", bytes: 3 }]);
  expect(await destination.list("te")).toEqual([]);
  const opened = await destination.open("tea/date=2024-01-01/1.parquet");
  expect(new TextDecoder().decode(await opened.slice(1, 3))).toBe("ea");
  await opened.close();
});

test("a disk that is full, and a file in the place of a folder, are told with what to do", async () => {
  const destination = openFolder(folder);
  // The temporary name leads to a device that is always full.
  await symlink("/dev/full", join(folder, `1.parquet.${process.pid}.partial`));
  await expect(destination.write("1.parquet", text("Tea"), signal)).rejects.toMatchObject({
    code: "EXPORT_FAILED",
    message: expect.stringMatching(/the disk is full.*--to/),
  });
  await writeFile(join(folder, "tea"), "mine");
  await expect(destination.write("tea/1.parquet", text("Tea"), signal)).rejects.toMatchObject({
    code: "EXPORT_FAILED",
    message: expect.stringContaining("--to"),
  });
  await expect(destination.open("2.parquet")).rejects.toMatchObject({ code: "EXPORT_FAILED" });
});

test("what a run that died has left goes after an hour, and nothing else", async () => {
  await mkdir(join(folder, "tea"));
  const names = ["1.parquet.7.partial", "2.parquet.8.partial", "3.parquet"];
  for (const name of names) await writeFile(join(folder, "tea", name), "");
  const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
  for (const name of ["1.parquet.7.partial", "3.parquet"])
    await utimes(join(folder, "tea", name), longAgo, longAgo);
  await openFolder(folder).clean("tea");
  expect((await readdir(join(folder, "tea"))).sort()).toEqual(["2.parquet.8.partial", "3.parquet"]);
});
