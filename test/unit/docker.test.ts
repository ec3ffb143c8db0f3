import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configSchema, readConfig } from "../../src/config.ts";
import { listVerbs } from "../support/list-verbs.ts";
import { imageEnvironment, readCompose, withDefaults } from "../support/read-compose.ts";

const root = new URL("../../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");

const dockerfile = read("Dockerfile");
const compose = readCompose();
const { mariadb, mongodb, vitrine } = compose.services;
const environment = withDefaults(vitrine?.environment ?? {});
const folder = mkdtempSync(join(tmpdir(), "vitrine-docker-"));
const secrets = join(folder, "secrets");
execFileSync(process.execPath, [new URL("deploy/compose/make-secrets.mjs", root).pathname, secrets]);
/** With the files that the script has drawn where a container has them. */
const secretUrls = Object.fromEntries(
  Object.entries(environment)
    .filter(([name]) => name.endsWith("_FILE"))
    .map(([name, file]) => [name, join(secrets, basename(file))]),
);
afterAll(() => rmSync(folder, { recursive: true }));
describe("docker-compose.yml", () => {
  it("sets variables that Vitrine reads, to values that it takes", () => {
    for (const name of Object.keys(environment)) expect(Object.keys(configSchema.shape)).toContain(name);
    expect(() => readConfig({ ...imageEnvironment, ...environment, ...secretUrls })).not.toThrow();
  });

  it("leads to the databases by their service names, ports and accounts of their own", () => {
    const config = readConfig({ ...imageEnvironment, ...environment, ...secretUrls });
    const { mariadbUrl, mariadbLoaderUrl, mariadbReaderUrl, mariadbWriterUrl } = config;
    const sources = [mariadbUrl, mariadbLoaderUrl, mariadbReaderUrl, mariadbWriterUrl].map(
      (url) => new URL(url ?? ""),
    );
    for (const source of sources) {
      expect([source.hostname, source.port, source.pathname]).toEqual(["mariadb", "3306", "/vitrine"]);
      expect(source.pathname.slice(1)).toBe(mariadb?.environment?.MARIADB_DATABASE);
    }
    const names = sources.map(({ username }) => username);
    expect(names).toEqual(["vitrine_admin", "vitrine_loader", "vitrine_reader", "vitrine_writer"]);
    expect(new Set(sources.map(({ password }) => password)).size).toBe(4);
    const mirror = new URL(config.mongodbUrl ?? "");
    expect([mirror.hostname, mirror.port, mirror.username]).toEqual(["mongodb", "27017", "vitrine"]);
    expect(mongodb?.command).toContain(`--replSet=${mirror.searchParams.get("replicaSet")}`);
    expect(mongodb?.command?.some((word) => word.startsWith("--keyFile="))).toBe(true);
    expect(Object.keys(vitrine?.depends_on ?? {}).sort()).toEqual(["mariadb", "mongodb"]);
  });

  it("has no password, nor a default of one: each secret is a file that a script draws", () => {
    expect(read("docker-compose.yml")).not.toMatch(/PASSWORD: |PASSWORD:-|:\/\/[^/\s]*:[^/\s]*@/);
    const used = Object.values(compose.services).flatMap((service) =>
      (service.secrets ?? []).map((one) => (typeof one === "string" ? one : one.source)),
    );
    expect([...new Set(used)].sort()).toEqual(Object.keys(compose.secrets).sort());
    for (const { file } of Object.values(compose.secrets)) {
      expect(file).toMatch(/^deploy\/compose\/secrets\//);
      expect([file, existsSync(join(secrets, basename(file)))]).toEqual([file, true]);
    }
    expect(read(".gitignore")).toContain("deploy/compose/secrets/");
    for (const service of Object.values(compose.services))
      expect(service.security_opt).toContain("no-new-privileges:true");
  });

  it("publishes on loopback only, the port that Vitrine listens on", () => {
    for (const service of Object.values(compose.services))
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    expect(vitrine?.ports).toEqual([`127.0.0.1:${imageEnvironment.PORT}:${imageEnvironment.PORT}`]);
    expect(imageEnvironment.HOST).toBe("0.0.0.0");
  });

  it("keeps over restarts what Vitrine notes in its data folder: keys, and that an outage was told", () => {
    const dataDir = environment.VITRINE_DATA_DIR;
    expect(vitrine?.volumes).toEqual([`vitrine:${dataDir}`]);
    // A new volume is whose the folder in the image is: the server's root file system is not written to.
    const [, made] = /^RUN install -d -o node -g node (\S+)$/m.exec(dockerfile) ?? [];
    expect(made).toBe(dataDir);
  });

  it("mounts volumes that it declares, each for one service, and files that are there", () => {
    const mounted = Object.values(compose.services).flatMap((service) => service.volumes ?? []);
    const volumes = mounted.filter((volume) => !volume.startsWith("./"));
    expect(volumes.map((volume) => volume.split(":")[0]).sort()).toEqual(Object.keys(compose.volumes).sort());
    for (const [file] of mounted.filter((one) => one.startsWith("./")).map((one) => one.split(":")))
      expect([file, existsSync(new URL(`${file}`, root))]).toEqual([file, true]);
  });

  it("has profiles of which each names its services only, and README's", () => {
    const known = ["clustered", "replicated", "single"];
    for (const [name, service] of Object.entries(compose.services)) {
      expect(service.profiles.length, name).toBeGreaterThan(0);
      for (const profile of service.profiles) expect(known).toContain(profile);
      for (const [other, { required = true }] of Object.entries(service.depends_on ?? {})) {
        const profiles = compose.services[other]?.profiles ?? [];
        const missing = service.profiles.filter((profile) => !profiles.includes(profile));
        expect([name, other, required && missing]).toEqual([name, other, required && []]);
      }
    }
    expect(read("README.md")).toContain("--profile single");
  });
});

describe("images", () => {
  /** Pins with a \`docker\` that answers this; what was written. */
  const pin = (answer: string): string => {
    const bin = mkdtempSync(join(folder, "bin-"));
    writeFileSync(join(bin, "docker"), `#!/bin/sh\necho "${answer}"\n`, { mode: 0o755 });
    const file = join(bin, "images.env");
    execFileSync(process.execPath, [new URL("deploy/compose/pin-images.mjs", root).pathname, file], {
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
      stdio: "ignore",
    });
    return readFileSync(file, "utf8");
  };

  it("are pinned by one command, each that is pulled", () => {
    const digest = `sha256:${"ab".repeat(32)}`;
    const pinned = pin(digest).trim().split("\n");
    for (const line of pinned) expect(line).toMatch(/^[A-Z]+_IMAGE=[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
    const names = pinned.map((line) => line.split("=", 1)[0]);
    const named = [...read("docker-compose.yml").matchAll(/^ *image: (.*)$/gm)].map(([, image]) => image);
    expect(named.length).toBeGreaterThan(2);
    for (const image of named) expect(names).toContain(/^\$\{(\w+):-/.exec(image ?? "")?.[1]);
    for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(image).toMatch(/^\$\{NODE_IMAGE\}$/);
    expect(names).toContain("NODE_IMAGE");
    expect(read("docker-compose.yml")).toContain(
      `NODE_IMAGE:-${/^ARG NODE_IMAGE=(.*)$/m.exec(dockerfile)?.[1]}}`,
    );
  });

  it("are not pinned to what is no digest", () => {
    expect(() => pin("<no value>")).toThrow();
  });
});

describe("the Dockerfile", () => {
  it("copies and runs what is there, and no test", () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(
      ([, paths]) => paths?.split(" ") ?? [],
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) expect(existsSync(new URL(path, root)), path).toBe(true);
    const ignored = read(".dockerignore").split("\n").filter(Boolean);
    for (const path of copied) expect(ignored).not.toContain(path);
  });

  it("runs scripts and verbs that exist, not as root", async () => {
    const scripts: Record<string, string> = JSON.parse(read("package.json")).scripts;
    for (const [, script] of dockerfile.matchAll(/npm run (\S+)/g))
      expect(scripts).toHaveProperty([script ?? ""]);
    const [, entry] = /^ENTRYPOINT \["node", "(\S+)"\]/m.exec(dockerfile) ?? [];
    expect(existsSync(new URL(entry ?? "missing", root))).toBe(true);
    const [, verb] = /^CMD \["(\w+)"\]/m.exec(dockerfile) ?? [];
    expect(await listVerbs()).toEqual(expect.arrayContaining([verb, vitrine?.command?.[0]]));
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  it("finds the project, its SQL and its examples side by side, and what was built", () => {
    const inImage = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
    expect(imageEnvironment.VITRINE_PROJECT).toBe("/app/vitrine.config.ts");
    for (const path of ["vitrine.config.ts ./", "sql ./sql", "examples ./examples", "/app/dist ./dist"])
      expect(inImage).toContain(`${path}\n`);
  });
});

describe(".github/workflows/ci.yml", () => {
  it("runs what .ci/run runs, for no longer than it may take, with nothing that it could change", () => {
    const { jobs, permissions } = parse(read(".github/workflows/ci.yml"));
    const steps: readonly { readonly run?: string }[] = jobs.test.steps;
    expect(steps.at(-1)).toEqual({ run: ".ci/run" });
    expect(existsSync(new URL(".ci/run", root))).toBe(true);
    expect(permissions).toEqual({ contents: "read" });
    expect(jobs.test["timeout-minutes"]).toBe(90);
  });
});
