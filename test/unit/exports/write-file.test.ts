import { createHash } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openFolder } from "../../../src/exports/destinations/folder.ts";
import { exportModels } from "../../../src/exports/export-models.ts";
import { writeTemporary } from "../../../src/exports/write-file.ts";
import { int } from "../../../src/models/field.ts";
import { type Document, defineModel } from "../../../src/models/model.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-export-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* text(...parts: readonly string[]) {
  yield* parts;
}

const tea = defineModel({
  name: "tea",
  typeName: "Tea",
  description: "Teas.",
  key: "teaId",
  fields: { teaId: int("Number.") },
});
const pot = { ...tea, name: "pot", typeName: "Pot", exportName: "pots" };

function request(stream: () => AsyncIterable<Document>, signal = new AbortController().signal) {
  return {
    models: [
      { model: tea, where: null },
      { model: pot, where: null },
    ],
    source: { name: "live" as const, stream, positionOf: async () => "7" },
    format: "ndjson" as const,
    extendedJson: "relaxed" as const,
    out: folder,
    gzip: false,
    signal,
  };
}
async function* teas(): AsyncIterable<Document> {
  yield { teaId: 1 };
  yield { teaId: 2 };
}

test("a file is invisible until it is published, then whole", async () => {
  const path = join(folder, "a.json");
  const file = await writeTemporary(path, text("Tea ", "ünd\n"), { gzip: false });
  expect(await readdir(folder)).not.toContain("a.json");
  await file.publish();
  expect(await readdir(folder)).toEqual(["a.json"]);
  const bytes = await readFile(path);
  expect(bytes.toString()).toBe("Tea ünd\n");
  expect(file.bytes).toBe(bytes.length);
  expect(file.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
});

test("size and hash are those of the compressed file", async () => {
  const path = join(folder, "a.json.gz");
  const file = await writeTemporary(path, text("Tea"), { gzip: true });
  await file.publish();
  const bytes = await readFile(path);
  expect(gunzipSync(bytes).toString()).toBe("Tea");
  expect(file.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
});

test("an export writes its files and a manifest that describes them", async () => {
  const manifest = await exportModels(request(teas));
  expect((await readdir(folder)).sort()).toEqual(["manifest.json", "pots.json", "tea.json"]);
  expect(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"))).toEqual(manifest);
  const bytes = await readFile(join(folder, "pots.json"));
  expect(manifest.files[1]).toMatchObject({
    model: "pot",
    file: "pots.json",
    rows: 2,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    source: "live",
    position: "7",
    columns: [{ name: "teaId", type: "int", nullable: false }],
  });
});

test("a full disk is a typed error and leaves the folder as it was", async () => {
  await writeFile(join(folder, "tea.json"), "yesterday");
  // The temporary name leads to a device that is always full.
  const id = crypto.randomUUID();
  vi.spyOn(crypto, "randomUUID").mockReturnValueOnce(crypto.randomUUID()).mockReturnValueOnce(id);
  await symlink("/dev/full", join(folder, `pots.json.${id}.partial`));
  await expect(exportModels(request(teas))).rejects.toMatchObject({
    code: "EXPORT_FAILED",
    message: expect.stringContaining("the disk is full"),
  });
  expect(await readdir(folder)).toEqual(["tea.json"]);
  expect(await readFile(join(folder, "tea.json"), "utf8")).toBe("yesterday");
});

test("a folder that cannot be made is a typed error", async () => {
  await writeFile(join(folder, "file"), "");
  const out = join(folder, "file", "deep");
  await expect(exportModels({ ...request(teas), out })).rejects.toMatchObject({ code: "EXPORT_FAILED" });
});

test("a folder that the system will not have is a typed error at once, and is not tried for ever", async () => {
  await expect(exportModels({ ...request(teas), out: "/proc/vitrine/deep" })).rejects.toMatchObject({
    code: "EXPORT_FAILED",
    message: expect.stringContaining("--out"),
  });
});

test("files and folders of an export are their owner's only, also in place of one that others may read", async () => {
  const before = process.umask(0o022);
  try {
    const out = join(folder, "deep", "out");
    await exportModels({ ...request(teas), out });
    for (const name of await readdir(out)) await chmod(join(out, name), 0o644);
    await exportModels({ ...request(teas), out });
    const bucket = openFolder(join(folder, "incremental"));
    await (await bucket.write("a/b.json", text("{}"), new AbortController().signal)).publish();
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const modes = await Promise.all(
      found.map(async (one) => [one.name, (await stat(join(one.parentPath, one.name))).mode & 0o077]),
    );
    expect(modes.length).toBeGreaterThan(6);
    expect(modes.filter(([, others]) => others !== 0)).toEqual([]);
  } finally {
    process.umask(before);
  }
});

describe("as an ordinary user", () => {
  /** Nobody: the tests of a container run as root, who may write anywhere. */
  const NOBODY = 65_534;
  beforeEach(async () => {
    await chmod(folder, 0o555);
    if (process.getuid?.() === 0) process.seteuid?.(NOBODY);
  });
  afterEach(async () => {
    if (process.getuid?.() === 0) process.seteuid?.(0);
    await chmod(folder, 0o755);
  });

  test.each([
    ["a folder that is not writable", "."],
    ["a folder below one that is not writable", "deep/er"],
  ])("%s is a typed error that says so, and gets nothing", async (_what, below) => {
    const out = join(folder, below);
    await expect(exportModels({ ...request(teas), out })).rejects.toMatchObject({
      code: "EXPORT_FAILED",
      message: expect.stringContaining("is not writable for this user"),
      cause: { code: "EACCES" },
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

test("a file in place of the folder is a typed error, and stays as it is", async () => {
  const out = join(folder, "file");
  await writeFile(out, "mine");
  await expect(exportModels({ ...request(teas), out })).rejects.toMatchObject({ code: "EXPORT_FAILED" });
  expect(await readFile(out, "utf8")).toBe("mine");
});

test("folders above the folder are made too", async () => {
  const out = join(folder, "a", "b", "c");
  await exportModels({ ...request(teas), out });
  expect((await readdir(out)).sort()).toEqual(["manifest.json", "pots.json", "tea.json"]);
});

test("an interruption is CANCELLED and leaves nothing", async () => {
  const controller = new AbortController();
  async function* slow(): AsyncIterable<Document> {
    for (let teaId = 0; ; teaId += 1) {
      if (teaId === 50_000) controller.abort();
      yield { teaId };
    }
  }
  await expect(exportModels(request(slow, controller.signal))).rejects.toMatchObject({ code: "CANCELLED" });
  expect(await readdir(folder)).toEqual([]);
});

test("an error of the store in the second model leaves nothing of the first", async () => {
  let calls = 0;
  async function* broken(): AsyncIterable<Document> {
    calls += 1;
    yield { teaId: 1 };
    if (calls === 2) throw new Error("the store is gone");
  }
  await expect(exportModels(request(broken))).rejects.toThrow("the store is gone");
  expect(await readdir(folder)).toEqual([]);
});
