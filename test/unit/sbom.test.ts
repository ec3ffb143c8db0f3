import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly { readonly license?: { readonly id?: string }; readonly expression?: string }[];
  readonly properties: readonly { readonly value: string }[];
}

const root = new URL("../../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");
// The form of files that programs write.
const sbom = JSON.parse(read("sbom.cdx.json")) as {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
};
const lock = JSON.parse(read("package-lock.json")) as {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version: string;
        readonly integrity?: string;
        readonly dev?: true;
        readonly devOptional?: true;
      }
    >
  >;
};
const locked = Object.entries(lock.packages).flatMap(([path, entry]) => {
  const [, name] = /.*node_modules\/(.+)$/.exec(path) ?? [];
  return name === undefined ? [] : [{ ...entry, name, ref: `${name}@${entry.version}` }];
});
const refs = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`));

/** Licences that ask of us to keep their texts, and no more; each was read once. */
const accepted = [
  ...[
    "MIT",
    "ISC",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "BlueOak-1.0.0",
    "Unlicense",
    "PSF-2.0",
  ],
  ...["(MPL-2.0 OR Apache-2.0)", "(MIT OR CC0-1.0)"],
];

test("the list of dependencies has each package that is installed beside the server: run `npm run sbom`", () => {
  const server = locked.filter(({ dev, devOptional }) => !dev && !devOptional);
  expect(server.length).toBeGreaterThan(100);
  expect(server.filter(({ ref }) => !refs.has(ref)).map(({ ref }) => ref)).toEqual([]);
});

test("it has each package that a page imports, and what that needs: run `npm run sbom`", () => {
  const imported = readdirSync(new URL("src/web/", root), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => [...read(`src/web/${file}`).matchAll(/(?:from |import |import\()"([^."][^"]*)"/g)])
    .map(([, path = ""]) => path.split("/", path.startsWith("@") ? 2 : 1).join("/"));
  const pages = sbom.components.filter(({ properties }) => properties.some(({ value }) => value === "pages"));
  const names = new Set(pages.map(({ name }) => name));
  expect(new Set(imported).size).toBeGreaterThan(10);
  expect(imported.filter((name) => !names.has(name))).toEqual([]);
  for (const { ref, dependsOn } of sbom.dependencies)
    expect([ref, dependsOn.filter((one) => !refs.has(one))]).toEqual([ref, []]);
});

test("it has the versions and hashes that are installed, and nothing else", () => {
  const hashes = new Map(locked.map(({ ref, integrity }) => [ref, integrity]));
  for (const { name, version, purl, hashes: told } of sbom.components) {
    const ref = `${name}@${version}`;
    const [hash] = told;
    const integrity = `${hash?.alg.toLowerCase().replace("-", "")}-${Buffer.from(hash?.content ?? "", "hex").toString("base64")}`;
    expect([ref, integrity]).toEqual([ref, hashes.get(ref)]);
    expect(decodeURIComponent(purl)).toBe(`pkg:npm/${ref}`);
  }
});

test("each package has a licence that asks for nothing that we do not do", () => {
  const others = sbom.components.flatMap(({ name, licenses: [one] }) => {
    const licence = one?.expression ?? one?.license?.id ?? "none";
    return accepted.includes(licence) ? [] : [`${name}: ${licence}`];
  });
  expect(others).toEqual([]);
});

test("people are told the same", () => {
  const page = read("docs/reference/dependencies.md");
  for (const { name, version } of sbom.components) expect(page).toContain(`| ${name} | ${version} |`);
});
