import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { openTestDatabase } from "../../support/database.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const runFile = promisify(execFile);

beforeAll(() => runFile(process.execPath, [join(root, "bin/build.mjs")]), 120_000);

test("`vitrine model new` works in a checkout whose commands were built, as after `npm start`", async () => {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-checkout-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const parts = ["bin", "dist", "examples", "sql", "src", "package.json", "package-lock.json"];
  for (const part of [...parts, "vitrine.config.ts"])
    await cp(join(root, part), join(dir, part), { recursive: true, preserveTimestamps: true });
  await symlink(join(root, "node_modules"), join(dir, "node_modules"));
  const db = await openTestDatabase();
  onTestFinished(() => db.close());
  const urls = { MARIADB_URL: db.mariadbUrl, MONGODB_URL: db.mongodbUrl };
  const env = { ...process.env, ...urls, VITRINE_PROJECT: "" };
  const { stdout } = await runFile(
    process.execPath,
    [join(dir, "bin/vitrine.mjs"), "model", "new", "city_list", "--table", "city", "--domain", "pos"],
    { env, cwd: dir },
  );
  expect(stdout).toContain("Wrote src/domains/pos/models/city-list.ts");
  expect(await readFile(join(dir, "src/domains/pos/models/city-list.ts"), "utf8")).toContain("cityList");
}, 120_000);
