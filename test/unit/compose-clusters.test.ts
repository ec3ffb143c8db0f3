import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { configSchema, readConfig } from "../../src/config.ts";
import { listVerbs } from "../support/list-verbs.ts";
import { type ComposeService, imageEnvironment, readCompose, withDefaults } from "../support/read-compose.ts";

/** What docker-compose.yml says of several servers. */
const root = new URL("../../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");
const { services } = readCompose();
const folder = mkdtempSync(join(tmpdir(), "vitrine-clusters-"));
const secrets = join(folder, "secrets");
execFileSync(process.execPath, [new URL("deploy/compose/make-secrets.mjs", root).pathname, secrets]);
afterAll(() => rmSync(folder, { recursive: true }));

const secret = (path: string) => readFileSync(join(secrets, basename(path)), "utf8");
/** Hosts of a URL that names several. */
const hostsOf = (url: string) => (/@([^/]+)\//.exec(url)?.[1] ?? "").split(",");
const inProfile = (profile: string) =>
  Object.entries(services).filter(([, service]) => service.profiles.includes(profile));
/** Names that other containers find a service by. */
const namesOf = ([name, { networks }]: readonly [string, ComposeService]) =>
  "stack" in networks ? [name, ...networks.stack.aliases] : [name];
const isPart = ({ command }: ComposeService) =>
  ["serve", "mirror", "schedule", "migrate"].includes(command?.[0] ?? "");

describe.each(["replicated", "clustered"])("the profile %s", (profile) => {
  const parts = inProfile(profile).filter(([, service]) => isPart(service));
  const names = inProfile(profile).flatMap(namesOf);

  test("has two gateways behind a proxy, two loaders, and one that migrates before", () => {
    const verbs = parts.map(([, { command }]) => command?.[0]).sort();
    expect(verbs).toEqual(["migrate", "mirror", "mirror", "schedule", "serve", "serve"]);
    for (const [name, { depends_on: needs = {} }] of parts)
      if (name !== "migrate") expect(needs.migrate).toEqual({ condition: "service_completed_successfully" });
  });

  test.each(parts)("%s is told where all servers are, by names that there are", async (_, part) => {
    const environment = withDefaults(part.environment ?? {});
    for (const name of Object.keys(environment)) expect(Object.keys(configSchema.shape)).toContain(name);
    expect(await listVerbs()).toContain(part.command?.[0]);
    const given = Object.entries(environment).flatMap(([name, value]) =>
      name.endsWith("_FILE") ? [[name.slice(0, -5), secret(value)] as const] : [],
    );
    for (const [name, url] of given.filter(([one]) => one.endsWith("_URL"))) {
      const hosts = hostsOf(url).map((host) => host.split(":"));
      const port = name === "MONGODB_URL" ? "27017" : "3306";
      expect(hosts.map(([, one]) => one)).toEqual([port, port, port]);
      for (const [host] of hosts) expect(names).toContain(host);
    }
    // A browser that one gateway let in is known to the other.
    const isGateway = part.command?.[0] === "serve";
    expect("VITRINE_SESSION_SECRET_FILE" in environment).toBe(isGateway);
    // A secret that is named is mounted.
    const mounted = (part.secrets ?? []).map((one) => (typeof one === "string" ? one : one.source)).sort();
    const files = Object.entries(environment).filter(([name]) => name.endsWith("_FILE"));
    expect(files.map(([, file]) => basename(file)).sort()).toEqual(mounted);
    const first = given.map(([name, url]) => [name, url.replace(/(@[^,/]+)[^/]*/, "$1")]);
    const others = Object.entries(environment).filter(([name]) => !name.endsWith("_FILE"));
    expect(() =>
      readConfig({ ...imageEnvironment, ...Object.fromEntries([...others, ...first]) }),
    ).not.toThrow();
  });

  test("has one server that writes first, or three that agree, and a set of three", () => {
    const sources = inProfile(profile).filter(([, { hostname }]) => hostname?.startsWith("mariadb-"));
    expect(sources.map(([, { hostname }]) => hostname).sort()).toEqual([
      "mariadb-1",
      "mariadb-2",
      "mariadb-3",
    ]);
    for (const source of sources) expect(namesOf(source)).toContain(source[1].hostname);
    if (profile === "replicated") {
      const ids = sources.map(([, { command }]) => command?.find((word) => word.startsWith("--server-id=")));
      expect(new Set(ids).size).toBe(3);
      expect(sources.filter(([, { command }]) => !command?.includes("--read-only=1"))).toHaveLength(1);
    } else {
      const begins = sources.filter(([, { environment }]) => environment?.GALERA_BEGINS !== undefined);
      expect(begins.map(([name]) => name)).toEqual(["galera-1"]);
      const address = /^wsrep_cluster_address = gcomm:\/\/(.*)$/m.exec(
        read("deploy/compose/clustered.cnf"),
      )?.[1];
      expect(address?.split(",")).toEqual(["mariadb-1", "mariadb-2", "mariadb-3"]);
    }
    expect(names.filter((name) => name.startsWith("mongodb-"))).toHaveLength(3);
  });
});

test("the proxy leads to both gateways, asks what they answer, and has left one before it stops", () => {
  const proxy = read("deploy/compose/haproxy.cfg");
  const servers = [...proxy.matchAll(/^ {4}server (\S+) (\S+):(\d+)$/gm)];
  expect(servers.map(([, , host]) => host)).toEqual(
    Object.entries(services).flatMap(([name, { command }]) => (command?.[0] === "serve" ? [name] : [])),
  );
  for (const [, , , port] of servers) expect(port).toBe(imageEnvironment.PORT);
  expect(proxy).toContain("option httpchk GET /servez");
  const [, every] = /check inter (\d+)ms fall 2 /.exec(proxy) ?? [];
  const gateway = services["gateway-1"];
  const drainMs = Number(gateway?.environment?.VITRINE_DRAIN_MS);
  expect(drainMs).toBeGreaterThan(Number(every) * 3);
  // Answers under way have ten seconds more.
  expect(Number.parseInt(gateway?.stop_grace_period ?? "0", 10) * 1000).toBeGreaterThan(drainMs + 10_000);
  const [, bound] = /^ {4}bind :(\d+)$/m.exec(proxy) ?? [];
  expect(services.proxy?.ports).toEqual([`127.0.0.1:4000:${bound}`]);
});
