import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { acquireStack, joinStack } from "../../../src/local/acquire-stack.ts";
import { createLogger } from "../../../src/log.ts";

test("a data folder that is a file or cannot be made is a wrong setting, and no fault of ours", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-data-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "file");
  writeFileSync(file, "");
  const options = { logger: createLogger("silent") };
  const refused = (reason: string) => ({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(new RegExp(`${reason}.*--data-dir`)),
  });
  const named = (dataDir: string) => readConfig({ VITRINE_DATA_DIR: dataDir });
  await expect(acquireStack(named(file), options)).rejects.toMatchObject(refused("a file has this name"));
  await expect(joinStack(named(file), options)).rejects.toMatchObject(refused("a file has this name"));
  await expect(acquireStack(named(join(file, "x")), options)).rejects.toMatchObject(refused("is a file"));
  await expect(acquireStack(named("/proc/vitrine"), options)).rejects.toMatchObject(
    refused("can be made there"),
  );
});
