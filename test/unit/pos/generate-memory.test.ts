import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const LINES = 300_000;

// What is written is larger than this memory.
test("a shop of scale 100 is generated and written in 48 MB, however many lines it has", async () => {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-generate-"));
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--max-old-space-size=48", "--import", "tsx", "test/support/generate-child.ts", dir, String(LINES)],
      { timeout: 110_000 },
    );
    // There are no more than 41,000 zips.
    expect(JSON.parse(stdout)).toEqual([LINES, LINES, LINES, LINES, expect.any(Number)]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 120_000);
