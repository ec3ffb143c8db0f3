import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const dist = (file: string) => readFileSync(join("dist", file), "utf8");

/** The files of `dist` that a module loads before it runs, and the packages that it leaves where they are. */
function findImports(entry: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, from = ""] of dist(file).matchAll(/^(?:import|export)\b[^"'();]*["']([^"']+)["'];/gm))
      if (from.startsWith(".")) visit(join(file, "..", from));
      else if (!from.startsWith("node:")) packages.add(from);
  };
  visit(entry);
  const sum = [...files].reduce((bytes, file) => bytes + dist(file).length, 0);
  return { files: [...files], packages: [...packages], bytes: sum };
}

describe("the built commands", () => {
  beforeAll(() => {
    // Does nothing when they are current, as after `npm test` began.
    execFileSync(process.execPath, ["bin/build.mjs"], { stdio: "ignore" });
  }, 120_000);

  it("load neither drivers nor GraphQL for the help page", () => {
    const { files, packages, bytes } = findImports("cli.js");
    expect(files.filter((file) => /mongodb|mysql2|bson/.test(file))).toEqual([]);
    expect(packages.filter((name) => /graphql|pothos|umzug|tsx/.test(name))).toEqual([]);
    expect(bytes).toBeLessThan(700_000);
  });

  // Files of the build before are there too.
  const chunkOf = (name: string): string => {
    const { output }: { output: readonly string[] } = JSON.parse(dist("commands.json"));
    return output.find((file) => new RegExp(`^chunks/${name}-.{8}\\.js$`).test(file)) ?? "";
  };

  it("load no drivers for `status` before it knows that no stack tells it how it is", () => {
    const { files, packages, bytes } = findImports(chunkOf("status"));
    expect(files.filter((file) => /mongodb|mysql2|bson|acquire|open-app/.test(file))).toEqual([]);
    expect(packages).toEqual([]);
    expect(bytes).toBeLessThan(700_000);
  });

  it("load nothing of GraphQL, migrations and TypeScript for `status` then", () => {
    const { files, packages } = findImports(chunkOf("read-status"));
    expect(files).toContainEqual(expect.stringMatching(/mysql2/));
    expect(packages.filter((name) => /graphql|pothos|umzug|tsx/.test(name))).toEqual([]);
    expect(files.length).toBeLessThan(60);
  });

  it("tell a fault's line in the sources", () => {
    const dir = mkdtempSync(join(tmpdir(), "vitrine-project-"));
    try {
      const projectFile = join(dir, "project.mjs");
      writeFileSync(projectFile, "export default { sql: 1, domains: [] };");
      const { stderr, status } = spawnSync(process.execPath, ["bin/vitrine.mjs", "status"], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, VITRINE_PROJECT: projectFile, VITRINE_DATA_DIR: dir },
      });
      expect(status).toBe(70);
      expect(stderr).toMatch(/at .*loadProject \(.*src\/load-project\.ts:\d+:\d+\)/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("whether a build is current", () => {
  let dir: string;
  let isCurrent: () => boolean;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "vitrine-built-"));
    mkdirSync(join(dir, "src/web"), { recursive: true });
    for (const file of ["bin", "package.json", "package-lock.json", "vitrine.config.ts"])
      cpSync(file, join(dir, file), { recursive: true });
    writeFileSync(join(dir, "src/a.ts"), "1");
    writeFileSync(join(dir, "src/web/b.ts"), "1");
    const built = await import(pathToFileURL(join(dir, "bin/built.mjs")).href);
    mkdirSync(join(dir, "dist"));
    isCurrent = () => built.isCurrent(built.parts.commands);
    expect(isCurrent()).toBe(false);
    const files = built.describeSources(built.parts.commands);
    writeFileSync(join(dir, built.parts.commands.stamp), JSON.stringify({ files }));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it("is told by contents, not by times, and of each part for itself", () => {
    expect(isCurrent()).toBe(true);
    utimesSync(join(dir, "src/a.ts"), 1, 1);
    writeFileSync(join(dir, "src/web/b.ts"), "2");
    expect(isCurrent()).toBe(true);
    writeFileSync(join(dir, "src/a.ts"), "2");
    expect(isCurrent()).toBe(false);
    writeFileSync(join(dir, "src/a.ts"), "1");
    expect(isCurrent()).toBe(true);
  });

  it("is no for a file that came or went, and for other packages", () => {
    writeFileSync(join(dir, "src/c.ts"), "1");
    expect(isCurrent()).toBe(false);
    rmSync(join(dir, "src/c.ts"));
    expect(isCurrent()).toBe(true);
    const lock = readFileSync(join(dir, "package-lock.json"), "utf8");
    writeFileSync(join(dir, "package-lock.json"), lock.replace("1", "2"));
    expect(isCurrent()).toBe(false);
    writeFileSync(join(dir, "package-lock.json"), lock);
  });

  it("is yes where there are no sources, as in an image", () => {
    rmSync(join(dir, "src"), { recursive: true });
    expect(isCurrent()).toBe(true);
    expect(existsSync(join(dir, "src"))).toBe(false);
  });
});
