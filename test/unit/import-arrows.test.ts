import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

/** What the linter must refuse: a file, and what stands in it. `x.ts` exists nowhere. */
const forbidden = [
  ["src/config.ts", 'import "./stores/x.ts";'],
  ["src/models/x.ts", 'import "../stores/x.ts";'],
  ["src/models/x.ts", 'import "../monitor/x.ts";'],
  ["src/models/x.ts", 'import "../core/x.ts";'],
  ["src/stores/x.ts", 'import "../mirror/x.ts";'],
  ["src/stores/x.ts", 'import "../core/x.ts";'],
  ["src/stores/mariadb/x.ts", 'import "../../freshness/x.ts";'],
  ["src/core/x.ts", 'import "../freshness/x.ts";'],
  ["src/core/x.ts", 'import "../mirror/x.ts";'],
  ["src/core/x.ts", 'import "../migrations/x.ts";'],
  ["src/freshness/x.ts", 'import "../mirror/x.ts";'],
  ["src/freshness/x.ts", 'import "../graphql/x.ts";'],
  ["src/stores/mongodb/x.ts", 'import "../../graphql/x.ts";'],
  ["src/monitor/x.ts", 'import "../mirror/x.ts";'],
  ["src/monitor/x.ts", 'import "../graphql/x.ts";'],
  ["src/pages/x.ts", 'import "../graphql/x.ts";'],
  ["src/pages/x.ts", 'import "../core/x.ts";'],
  ["src/mirror/x.ts", 'import "../graphql/x.ts";'],
  ["src/mirror/lanes/x.ts", 'import "../../freshness/x.ts";'],
  ["src/mirror/x.ts", 'import "../migrations/x.ts";'],
  ["src/migrations/x.ts", 'import "../mirror/x.ts";'],
  ["src/imports/x.ts", 'import "../mirror/x.ts";'],
  ["src/imports/x.ts", 'import "../migrations/x.ts";'],
  ["src/exports/x.ts", 'import "../freshness/x.ts";'],
  ["src/graphql/x.ts", 'import "../mirror/x.ts";'],
  ["src/access/x.ts", 'import "../graphql/x.ts";'],
  ["src/access/x.ts", 'import "../domains/pos/x.ts";'],
  ["src/dashboards/x.ts", 'import "../graphql/x.ts";'],
  ["src/dashboards/x.ts", 'import "../domains/pos/x.ts";'],
  ["src/migrations/x.ts", 'import "../commands/x.ts";'],
  ["src/derive/x.ts", 'import "../graphql/x.ts";'],
  ["src/reference/x.ts", 'import "../commands/x.ts";'],
  ["src/app/x.ts", 'import "../commands/x.ts";'],
  ["src/app/x.ts", 'import "../domains/pos/x.ts";'],
  ["src/domains/pos/x.ts", 'import "../../stores/x.ts";'],
  ["src/commands/x.ts", 'import "../domains/pos/x.ts";'],
  ...[
    "commands",
    "reference",
    "monitor",
    "pages",
    "core",
    "freshness",
    "mirror",
    "graphql",
    "derive",
    "migrations",
    "imports",
    "exports",
    "local",
  ].flatMap((folder) =>
    ["mongodb", "mysql2", "mysql2/promise"].map(
      (driver) => [`src/${folder}/x.ts`, `import "${driver}";`] as const,
    ),
  ),
  ["src/web/graphiql/x.ts", 'import "../../graphql/x.ts";'],
  ["src/web/graphiql/x.ts", 'import "node:fs";'],
  ["src/x.ts", 'import "mysql2/promise";'],
  ["src/config.ts", "console.log(process.env.HOME);"],
  ["src/local/x.ts", "console.log(process.env.HOME);"],
] as const;

/** Near to them, and right. */
const allowed = [
  ["src/cli.ts", 'import "./commands/x.ts"; console.log(process.env.HOME);'],
  ["src/commands/x.ts", 'import "../app/x.ts";'],
  ["src/graphql/x.ts", 'import "../monitor/x.ts";'],
  ["src/graphql/x.ts", 'import type {} from "../web/graphiql/x.ts";'],
  ["src/graphql/x.ts", 'import "../pages/x.ts";'],
  ["src/pages/x.ts", 'import "../monitor/x.ts"; import type {} from "../web/home/x.ts";'],
  ["src/web/graphiql/x.ts", 'import "./y.ts"; import "../shared/y.ts";'],
  ["src/mirror/x.ts", 'import "../stores/mongodb/x.ts"; import "../core/x.ts";'],
  ["src/core/x.ts", 'import "../stores/mariadb/x.ts"; import "../models/model.ts";'],
  ["src/freshness/x.ts", 'import "../core/x.ts";'],
  ["src/migrations/x.ts", 'import "../core/x.ts";'],
  ["src/exports/x.ts", 'import "../core/x.ts";'],
  ["src/stores/x.ts", 'import "mysql2/promise"; import "../models/model.ts";'],
  ["src/domains/pos/x.ts", 'import "../../models/model.ts";'],
  ["test/x.ts", 'import "mongodb"; console.log(process.env.HOME);'],
] as const;

interface Report {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string; readonly start: { readonly line: number } };
  }[];
}

/** Lints these lines, each in its file, under the configuration of this repository; those that are refused. */
async function lint(lines: readonly (readonly [file: string, line: string])[]): Promise<readonly string[]> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-arrows-"));
  try {
    const texts = new Map<string, string[]>();
    for (const [file, line] of lines) texts.set(file, [...(texts.get(file) ?? []), line]);
    for (const [file, text] of texts) {
      await mkdir(dirname(join(dir, file)), { recursive: true });
      await writeFile(join(dir, file), text.join("\n"));
    }
    const config = JSON.parse(await readFile("biome.json", "utf8"));
    // There is no repository around the copy.
    await writeFile(join(dir, "biome.json"), JSON.stringify({ ...config, vcs: { enabled: false } }));
    const args = ["lint", "--reporter=json", "--max-diagnostics=none", "."];
    const { stdout } = await new Promise<{ stdout: string }>((done) =>
      // It ends with 1, as it should.
      execFile(resolve("node_modules/.bin/biome"), args, { cwd: dir }, (_, stdout) => done({ stdout })),
    );
    const { diagnostics } = JSON.parse(stdout) as Report;
    return diagnostics
      .filter(({ category }) => /noRestrictedImports|noProcessEnv/.test(category))
      .map(({ location: { path, start } }) => `${path}: ${texts.get(path)?.[start.line - 1]}`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

test("the linter refuses imports against the arrows, drivers and the environment, and nothing beside", async () => {
  const refused = await lint([...forbidden, ...allowed]);
  expect([...refused].sort()).toEqual(forbidden.map(([file, line]) => `${file}: ${line}`).sort());
});

test("every folder of the code has its arrows", async () => {
  const folders = (await readdir("src", { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const { overrides } = JSON.parse(await readFile("biome.json", "utf8"));
  const covered = overrides.flatMap(({ includes, linter }: { includes: string[]; linter: object }) =>
    JSON.stringify(linter).includes("noRestrictedImports") ? includes : [],
  );
  for (const { name } of folders) expect(covered).toContain(`src/${name}/**`);
});
