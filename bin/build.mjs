#!/usr/bin/env node
// `npm run build`: builds what is not current into `dist`: the commands, so that they start in a fifth of the time, and
// the pages, which no browser could load from their packages.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliCompressSync, gzipSync, constants as zlib } from "node:zlib";
import { build } from "vite";
import { describeSources, isCurrent, parts, root } from "./built.mjs";

/**
 * Packages that nearly every command loads, as one file each instead of hundreds: half of a command's time went there.
 * The others stay packages: graphql and its friends must be one copy, and only two verbs need them.
 */
const bundled = ["cli-progress", "commander", "croner", "mongodb", "mysql2", "pino", "zod"];

const shared = { configFile: false, publicDir: false, logLevel: "warn", mode: "production" };

/** From a part's name to its files: name in `dist`, content. */
const builders = {
  async commands() {
    const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
    const { output } = await build({
      ...shared,
      root,
      ssr: {
        noExternal: true,
        external: Object.keys(dependencies).filter((name) => !bundled.includes(name)),
      },
      build: {
        write: false,
        ssr: true,
        target: "node20.19",
        minify: false,
        sourcemap: true,
        rolldownOptions: {
          input: {
            cli: `${root}src/cli.ts`,
            index: `${root}src/index.ts`,
            "vitrine.config": `${root}vitrine.config.ts`,
          },
          output: {
            entryFileNames: "[name].js",
            chunkFileNames: ({ name }) => `${name.includes("/") ? "" : "chunks/"}[name]-[hash].js`,
            sourcemapExcludeSources: true,
            codeSplitting: { groups: [{ name: toPackageName, debugName: "packages", test: /node_modules/ }] },
          },
        },
      },
    });
    // Source maps of packages cost every command more than they tell anybody.
    const isPackage = (name) => name.startsWith("packages/");
    return output
      .filter(({ fileName }) => !(isPackage(fileName) && fileName.endsWith(".map")))
      .map(({ fileName, code, source }) => [
        fileName,
        isPackage(fileName) ? code.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n") : (code ?? source),
      ])
      .concat(declareTypes());
  },

  async web() {
    const { output } = await build({
      ...shared,
      root: `${root}src/web`,
      plugins: [framePages()],
      worker: { format: "es" },
      build: {
        write: false,
        target: "es2022",
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: 8_000,
        rolldownOptions: {
          input: listPages(),
          // React's packages say for which of its own bundlers they are: nothing to us.
          onLog: (level, log, handle) => log.code === "MODULE_LEVEL_DIRECTIVE" || handle(level, log),
        },
      },
    });
    return output.flatMap(({ fileName, code, source }) => {
      const content = Buffer.from(code ?? source);
      const name = `web/${fileName}`;
      // A page gets its settings when it is served, fonts are compressed as they are.
      if (!/\.(js|css)$/.test(name)) return [[name, content]];
      return [
        [name, content],
        // The highest quality takes ten times as long for a tenth less.
        [`${name}.br`, brotliCompressSync(content, { params: { [zlib.BROTLI_PARAM_QUALITY]: 9 } })],
        [`${name}.gz`, gzipSync(content, { level: 9 })],
      ];
    });
  },
};

/** The types of the front door, for projects that import it: TypeScript reads no bundle. */
function declareTypes() {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-types-"));
  const options =
    "--declaration --emitDeclarationOnly --strict --exactOptionalPropertyTypes --verbatimModuleSyntax --skipLibCheck " +
    "--allowImportingTsExtensions --rewriteRelativeImportExtensions --target ES2023 --module NodeNext --types node";
  try {
    execFileSync(
      process.execPath,
      [
        join(root, "node_modules/typescript/bin/tsc"),
        ...["src/index.ts", "--ignoreConfig", "--rootDir", "src", "--outDir", folder],
        ...options.split(" "),
      ],
      { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
    );
    return readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith(".d.ts"))
      .map((name) => [`types/${name}`, readFileSync(join(folder, name))]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A page for each folder of `src/web` with a `main.tsx`. */
const listPages = () =>
  readdirSync(`${root}src/web`)
    .filter((name) => existsSync(`${root}src/web/${name}/main.tsx`))
    .map((name) => `${root}src/web/${name}/index.html`);

/** The pages differ in their script alone: the text of all is `src/web/page.html`. */
function framePages() {
  const pages = new Set(listPages());
  return {
    name: "frame-pages",
    resolveId: (id) => (pages.has(id) ? id : null),
    load: (id) => (pages.has(id) ? readFileSync(`${root}src/web/page.html`, "utf8") : null),
  };
}

/** `packages/mongodb` for a file of that package. */
function toPackageName(file) {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
  return name === undefined ? null : `packages/${name.replace("/", "-")}`;
}

for (const [name, part] of Object.entries(parts)) {
  if (isCurrent(part)) continue;
  // Before the build, so that what changes meanwhile is seen as changed.
  const files = describeSources(part);
  const built = await builders[name]();
  publish(part.stamp, files, built);
}

/**
 * Puts files into `dist` so that whoever reads it meanwhile finds one build whole: names with a hash first, then those
 * that name them, then the stamp. Files of the build before stay, because commands that run load some of them late.
 */
function publish(stamp, files, built) {
  const before = existsSync(root + stamp)
    ? JSON.parse(readFileSync(root + stamp, "utf8"))
    : { output: [], older: [] };
  const hasHash = ([name]) => name.includes("/") && !name.endsWith(".html");
  const names = built.map(([name]) => name);
  for (const [name, content] of [...built].sort((a, b) => hasHash(b) - hasHash(a)))
    write(`dist/${name}`, content);
  for (const name of before.older)
    if (![...names, ...before.output].includes(name)) rmSync(`${root}dist/${name}`, { force: true });
  write(stamp, JSON.stringify({ output: names, older: before.output, files }));
}

function write(name, content) {
  const file = root + name;
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}`;
  writeFileSync(half, content);
  renameSync(half, file);
}
