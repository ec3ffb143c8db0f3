import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
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
  expect(await destination.list("", { signal })).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
  const file = await destination.write("tea/date=2024-01-01/1.parquet", text("Tea"), signal);
  expect(await destination.list("", { signal })).toEqual([]);
  await file.publish();
  expect(await destination.list("tea", { signal })).toEqual([
    { path: "tea/date=2024-01-01/1.parquet", bytes: 3 },
  ]);
  expect(await destination.list("te", { signal })).toEqual([]);
  const opened = await destination.open("tea/date=2024-01-01/1.parquet", signal);
  expect(new TextDecoder().decode(await opened.slice(1, 3))).toBe("ea");
  await opened.close();
});

test("a disk that is full, and a file in the place of a folder, are told with what to do", async () => {
  const destination = openFolder(folder);
  // The temporary name leads to a device that is always full.
  const id = crypto.randomUUID();
  vi.spyOn(crypto, "randomUUID").mockReturnValueOnce(id);
  await symlink("/dev/full", join(folder, `1.parquet.${id}.partial`));
  await expect(destination.write("1.parquet", text("Tea"), signal)).rejects.toMatchObject({
    code: "EXPORT_FAILED",
    message: expect.stringMatching(/the disk is full.*--to/),
  });
  await writeFile(join(folder, "tea"), "mine");
  await expect(destination.write("tea/1.parquet", text("Tea"), signal)).rejects.toMatchObject({
    code: "EXPORT_FAILED",
    message: expect.stringContaining("--to"),
  });
  await expect(destination.open("2.parquet", signal)).rejects.toMatchObject({ code: "EXPORT_FAILED" });
});

test("what a run that died has left goes after an hour, and nothing else", async () => {
  await mkdir(join(folder, "tea"));
  const names = ["1.parquet.7.partial", "2.parquet.8.partial", "3.parquet"];
  for (const name of names) await writeFile(join(folder, "tea", name), "");
  const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
  for (const name of ["1.parquet.7.partial", "3.parquet"])
    await utimes(join(folder, "tea", name), longAgo, longAgo);
  await openFolder(folder).clean("tea", signal);
  expect((await readdir(join(folder, "tea"))).sort()).toEqual(["2.parquet.8.partial", "3.parquet"]);
});

test("runs that write the same file at once, and tidy up, do not disturb each other", async () => {
  const destination = openFolder(folder);
  const write = async (content: string) => {
    for (let round = 0; round < 100; round += 1) {
      await (await destination.write("tea/_state.json", text(content), signal)).publish();
      await destination.list("", { signal });
    }
  };
  await Promise.all(["one", "two", "three"].map(write));
  expect(await destination.list("", { signal })).toHaveLength(1);
  expect(await readdir(join(folder, "tea"))).toEqual(["_state.json"]);
});

test("only what sorts behind a path is listed, and no folder before it is looked into", async () => {
  const destination = openFolder(folder);
  for (const file of [
    "_manifests/1.json",
    "date=2024-01-01/1.parquet",
    "date=2024-01-02/2.parquet",
    "z.json",
  ])
    await (await destination.write(`tea/${file}`, text("Tea"), signal)).publish();
  const after = async (path: string) =>
    (await destination.list("tea", { signal, after: path })).map((file) => file.path).sort();
  expect(await after("tea/date=2024-01-02")).toEqual(["tea/date=2024-01-02/2.parquet", "tea/z.json"]);
  expect(await after("tea/date=2024-01-02/2.parquet")).toEqual(["tea/z.json"]);
  expect(await after("tea/a")).toHaveLength(3);
  expect(await after("tea/zz")).toEqual([]);
});

test("what is stopped lists and reads no further", async () => {
  const destination = openFolder(folder);
  await (await destination.write("1.parquet", text("Tea"), signal)).publish();
  const stop = new AbortController();
  const opened = await destination.open("1.parquet", stop.signal);
  stop.abort();
  await expect(opened.slice(0, 1)).rejects.toMatchObject({ name: "AbortError" });
  await expect(destination.list("", { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
  await opened.close();
  expect(await destination.find("2.parquet", signal)).toBe(null);
});

test("what the system refuses to read is told as that, and proves nothing of a file", async () => {
  const destination = openFolder(folder);
  await mkdir(join(folder, "1.parquet"));
  const told = {
    code: "EXPORT_FAILED",
    message: expect.stringMatching(/1\.parquet cannot be read \(EISDIR\)/),
  };
  const opened = await destination.open("1.parquet", signal);
  await expect(opened.slice(0, 1)).rejects.toMatchObject(told);
  await opened.close();
  await writeFile(join(folder, "file"), "");
  await expect(destination.find("file/2.parquet", signal)).rejects.toMatchObject({
    code: "EXPORT_FAILED",
    message: expect.stringContaining("cannot be read (ENOTDIR)"),
  });
});
