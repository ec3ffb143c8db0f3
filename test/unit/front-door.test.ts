import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import packageFile from "../../package.json" with { type: "json" };
import { loadProject } from "../../src/load-project.ts";

/** The names in the braces of imports or exports. */
const namesIn = (braces: string): readonly string[] =>
  braces
    .split(",")
    .map((name) => name.replace(/^\s*type\s+/, "").trim())
    .filter((name) => name !== "");

test("what the domains of this repository are made of, the package gives to every project", async () => {
  const door = await readFile("src/index.ts", "utf8");
  const given = new Set(
    [...door.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, braces = ""]) => namesIn(braces)),
  );
  const needed = new Set<string>();
  for (const file of await readdir("src/domains", { recursive: true })) {
    if (!file.endsWith(".ts")) continue;
    const text = await readFile(join("src/domains", file), "utf8");
    for (const [, braces = ""] of text.matchAll(
      /^import (?:type )?\{([^}]*)\} from "(?:\.\.\/)+models\/[\w-]+\.ts";/gm,
    ))
      for (const name of namesIn(braces)) needed.add(name);
  }
  expect(needed.size).toBeGreaterThan(20);
  expect([...needed].filter((name) => !given.has(name))).toEqual([]);
});

test("a project in a package of CommonJS is told what to do", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-commonjs-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "vitrine.config.ts");
  await writeFile(file, 'export default { sql: "sql", domains: [] };\n');
  for (const text of ["{}", '{ "type": "commonjs" }']) {
    await writeFile(join(folder, "package.json"), text);
    await expect(loadProject(file)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(
        /package\.json says that its folder is CommonJS\. Write "type": "module" into it;/,
      ),
    });
  }
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  expect(await loadProject(file)).toMatchObject({ sqlDir: join(folder, "sql"), domains: [] });
});

test.each(["--version", "-V"])(
  "vitrine %s tells the version of the package, and needs no project",
  (option) => {
    const program = fileURLToPath(new URL("../../bin/vitrine.mjs", import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, option], {
      cwd: tmpdir(),
      encoding: "utf8",
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: `${packageFile.version}\n`, stderr: "", status: 0 });
  },
);
