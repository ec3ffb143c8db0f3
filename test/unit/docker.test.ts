import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { configSchema, readConfig } from "../../src/config.ts";
import { listVerbs } from "../support/list-verbs.ts";

const root = new URL("../../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");

interface Service {
  readonly profiles: readonly string[];
  readonly image?: string;
  readonly build?: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}
// The shape that this test then checks.
const compose = parse(read("docker-compose.yml")) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
};
const dockerfile = read("Dockerfile");
const { mariadb, mongodb, vitrine } = compose.services;
/** With compose's defaults, as when nobody sets a variable. */
const environment = Object.fromEntries(
  Object.entries(vitrine?.environment ?? {}).map(([name, value]) => [
    name,
    value.replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1"),
  ]),
);
/** The variables that the image sets itself. */
const imageEnvironment = Object.fromEntries(
  [...(/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? "").matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [
    name,
    value,
  ]),
);

describe("docker-compose.yml", () => {
  it("sets variables that Vitrine reads, to values that it takes", () => {
    for (const name of Object.keys(environment)) expect(Object.keys(configSchema.shape)).toContain(name);
    expect(() => readConfig({ ...imageEnvironment, ...environment })).not.toThrow();
  });

  it("leads to the databases by their service names, ports and accounts", () => {
    const source = new URL(environment.MARIADB_URL ?? "");
    expect([source.hostname, source.port, source.pathname]).toEqual(["mariadb", "3306", "/vitrine"]);
    expect(source.pathname.slice(1)).toBe(mariadb?.environment?.MARIADB_DATABASE);
    const mirror = new URL(environment.MONGODB_URL ?? "");
    expect([mirror.hostname, mirror.port]).toEqual(["mongodb", "27017"]);
    const set = mongodb?.command[(mongodb?.command.indexOf("--replSet") ?? 0) + 1];
    expect(mirror.searchParams.get("replicaSet")).toBe(set);
    expect(Object.keys(vitrine?.depends_on ?? {}).sort()).toEqual(["mariadb", "mongodb"]);
  });

  it("publishes on loopback only, the port that Vitrine listens on", () => {
    for (const service of Object.values(compose.services))
      for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    expect(vitrine?.ports).toEqual([`127.0.0.1:${imageEnvironment.PORT}:${imageEnvironment.PORT}`]);
    expect(imageEnvironment.HOST).toBe("0.0.0.0");
  });

  it("mounts volumes that it declares, in profiles that README names", () => {
    const mounted = Object.values(compose.services).flatMap((service) => service.volumes ?? []);
    expect(mounted.map((volume) => volume.split(":")[0]).sort()).toEqual(Object.keys(compose.volumes).sort());
    for (const service of Object.values(compose.services)) expect(service.profiles).toContain("single");
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
    expect(await listVerbs()).toEqual(expect.arrayContaining([verb, vitrine?.command[0]]));
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  it("finds the project, its SQL and its examples side by side, and what was built", () => {
    const inImage = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
    expect(imageEnvironment.VITRINE_PROJECT).toBe("/app/vitrine.config.ts");
    for (const path of ["vitrine.config.ts ./", "sql ./sql", "examples ./examples", "/app/dist ./dist"])
      expect(inImage).toContain(`${path}\n`);
  });
});
