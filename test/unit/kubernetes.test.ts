import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { configSchema, readConfig } from "../../src/config.ts";
import { listVerbs } from "../support/list-verbs.ts";
import { imageEnvironment } from "../support/read-compose.ts";
import {
  listManifests,
  type Manifest,
  manifestsDir,
  podsOf,
  readKustomization,
  readManifests,
} from "../support/read-manifests.ts";

/** What deploy/kubernetes says, against what there is. Its own tools judge it in integration/deploy/own-tools. */
const folders = [
  "base",
  ...["monitoring", "ingress", "mongodb", "accounts"].map((name) => `components/${name}`),
];
const overlays = ["external", "replication", "galera"].map((name) => `overlays/${name}`);
const component = "app.kubernetes.io/component";
const folder = mkdtempSync(join(tmpdir(), "vitrine-manifests-"));
const secrets = join(folder, "secrets");
execFileSync(process.execPath, ["deploy/compose/make-secrets.mjs", secrets], {
  env: { ...process.env, MARIADB_HOSTS: "mariadb-primary" },
});
afterAll(() => rmSync(folder, { recursive: true }));

const base = readManifests("base");
const pods = base.flatMap((one) => podsOf(one).map((pod) => [one.metadata.name, pod] as const));
const find = (kind: string, name: string): Manifest => {
  const found = base.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}.`);
  return found;
};
const settings = Object.fromEntries(
  (readKustomization("base").configMapGenerator ?? []).map(({ name, literals }) => [
    name,
    Object.fromEntries(literals.map((one) => one.split("=") as [string, string])),
  ]),
);

test.each([...folders, ...overlays])("%s names its files, and they are there", (one) => {
  const { resources = [], components = [] } = readKustomization(one);
  expect(resources.filter((name) => !name.startsWith("../")).sort()).toEqual([...listManifests(one)].sort());
  for (const path of [...resources.filter((name) => name.startsWith("../")), ...components])
    expect([path, existsSync(join(manifestsDir, one, path, "kustomization.yaml"))]).toEqual([path, true]);
});

describe.each(overlays)("%s", (one) => {
  const generators = readKustomization(one).secretGenerator ?? [];
  const keys = (name: string) =>
    generators.find((generator) => generator.name === name)?.files.map((file) => file.split("=")[0]) ?? [];

  test("makes its secrets of files that are drawn, and has all that are mounted", () => {
    for (const file of generators.flatMap(({ files }) => files.map((text) => text.split("=")[1] ?? "")))
      expect([file, existsSync(join(secrets, basename(file)))]).toEqual([file, true]);
    for (const [, { spec }] of pods)
      for (const { secret } of spec.volumes)
        for (const { key } of secret?.secretName === "vitrine-databases" ? (secret.items ?? []) : [])
          expect(keys("vitrine-databases")).toContain(key);
    expect(readFileSync(".gitignore", "utf8")).toContain("deploy/kubernetes/overlays/*/secrets/");
  });

  test("runs servers as Vitrine needs them, and names the one that writes", () => {
    const server = readManifests(one).find(({ kind }) => kind === "MariaDB");
    if (one === "overlays/external") return expect(server).toBeUndefined();
    const wanted = readFileSync("deploy/compose/mariadb.cnf", "utf8").match(/^\w+ = .*$/gm) ?? [];
    expect(wanted.length).toBeGreaterThan(5);
    for (const line of wanted) expect(server?.spec.myCnf).toContain(line);
    if (one === "overlays/replication") expect(server?.spec.replication.semiSyncWaitPoint).toBe("AfterSync");
    const { name, key } = server?.spec.rootPasswordSecretKeyRef ?? {};
    expect(keys(name)).toContain(key);
    const [mongodb] = readManifests("components/mongodb");
    const { passwordSecretRef: password } = mongodb?.spec.users[0] ?? {};
    expect(keys(password.name)).toContain(password.key);
    const text = readFileSync(join(manifestsDir, one, "kustomization.yaml"), "utf8");
    expect(text).toContain(`MARIADB_HOSTS=${server?.metadata.name}-primary `);
    const members = Array.from({ length: mongodb?.spec.members }, (_, n) => `mongodb-${n}.mongodb-svc`);
    expect(text).toContain(`MONGODB_HOSTS=${members} MONGODB_SET=${mongodb?.metadata.name} `);
  });
});

describe.each(pods)("the pod of %s", (name, { spec }) => {
  const [container] = spec.containers;
  const given = Object.fromEntries((container?.env ?? []).map((one) => [one.name, one.value]));
  const environment = {
    ...imageEnvironment,
    ...Object.assign({}, ...(container?.envFrom ?? []).map((one) => settings[one.configMapRef.name])),
    ...given,
  };

  test("runs a verb with settings that Vitrine reads, to values that it takes", async () => {
    const [verb, option, port] = container?.args ?? [];
    expect(await listVerbs()).toContain(verb);
    for (const one of Object.keys(environment).filter((key) => key !== "NODE_ENV"))
      expect(Object.keys(configSchema.shape)).toContain(one);
    const files = Object.entries(environment).map(([key, value]) => [
      key,
      key.endsWith("_FILE") ? join(secrets, fileOf(`${value}`)) : value,
    ]);
    const config = readConfig({
      ...Object.fromEntries(files),
      ...(option === "--port" ? { PORT: port } : {}),
    });
    expect(config.mongodbUrl).toMatch(/^mongodb:/);
    const opened = (container?.ports ?? []).map(({ containerPort }) => containerPort);
    const listens =
      verb === "serve"
        ? [config.port, config.serving.probes?.port]
        : option === "--port"
          ? [config.port]
          : [];
    expect(opened).toEqual(listens);
  });

  test("mounts what its settings name, writes to its own folders only, and has no rights", () => {
    const mounts = (container?.volumeMounts ?? []).map(({ mountPath }) => mountPath);
    for (const [key, value] of Object.entries(environment))
      if (/_FILE$|^VITRINE_KEYS$|^VITRINE_DATA_DIR$/.test(key))
        expect([key, mounts.some((mount) => `${value}/`.startsWith(`${mount}/`))]).toEqual([key, true]);
    expect(mounts).toContain("/tmp");
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(container?.resources).toMatchObject({ requests: { memory: expect.any(String) } });
    // Who is talked to from outside has no account that could change the schema.
    if (name === "vitrine-gateway") expect(Object.keys(given).join()).not.toMatch(/MARIADB_URL|LOADER/);
  });

  test("is asked at addresses that answer", () => {
    const { startupProbe, livenessProbe, readinessProbe, ports = [] } = container ?? {};
    for (const probe of [startupProbe, livenessProbe, readinessProbe])
      if (probe) expect(ports.map((port) => port.name)).toContain(probe.httpGet.port);
    if (ports.length === 0) return expect(readinessProbe).toBeUndefined();
    expect(livenessProbe?.httpGet.path).toBe("/healthz");
    expect(readinessProbe?.httpGet.path).toBe("/servez");
  });
});

test("a gateway has left every balancer before it takes no more, and is killed only after that", () => {
  const [pod] = podsOf(find("Deployment", "vitrine-gateway"));
  const drainMs = Number(settings["vitrine-gateway"]?.VITRINE_DRAIN_MS);
  const everyMs = (pod?.spec.containers[0]?.readinessProbe?.periodSeconds ?? 0) * 1000;
  expect(drainMs).toBeGreaterThan(2 * everyMs);
  // Answers under way have ten seconds more, then pools are closed.
  expect((pod?.spec.terminationGracePeriodSeconds ?? 0) * 1000).toBeGreaterThanOrEqual(drainMs + 20_000);
});

test("what selects pods selects some, by labels that they have, and ports that they open", () => {
  const labels = pods.map(([, { metadata }]) => metadata.labels[component]);
  const selected = [...base, ...readManifests("components/ingress")].flatMap(({ kind, spec }) => {
    const selector = kind === "Service" ? spec.selector : (spec?.selector ?? spec?.podSelector)?.matchLabels;
    return selector?.[component] ?? [];
  });
  expect(selected.length).toBeGreaterThan(5);
  for (const label of selected) expect(labels).toContain(label);
  const deployments = base.flatMap(({ kind, metadata }) => (kind === "Deployment" ? [metadata.name] : []));
  expect(deployments).toContain(find("HorizontalPodAutoscaler", "vitrine-gateway").spec.scaleTargetRef.name);
  const service = find("Service", "vitrine-gateway").spec.ports[0];
  const [gateway] = podsOf(find("Deployment", "vitrine-gateway"));
  const ports = gateway?.spec.containers[0]?.ports ?? [];
  expect(ports.find(({ name }) => name === service.targetPort)?.containerPort).toBe(service.port);
  const [ingress] = readManifests("components/ingress");
  const backend = ingress?.spec.rules[0].http.paths[0].backend.service;
  expect([backend.name, backend.port.name]).toEqual(["vitrine-gateway", service.name]);
  expect(ingress?.spec.rules[0].host).toBe(settings["vitrine-gateway"]?.VITRINE_ALLOWED_HOSTS);
  const allowed = base
    .filter(({ kind }) => kind === "NetworkPolicy")
    .flatMap(({ spec }) => spec.ingress.flatMap((rule: { ports: { port: number }[] }) => rule.ports))
    .map(({ port }) => port);
  expect(allowed.sort()).toEqual(ports.map(({ containerPort }) => containerPort).sort());
});

test("Prometheus is told the same rules, and finds the port of metrics", () => {
  const rules = readManifests("components/monitoring").find(({ kind }) => kind === "PrometheusRule");
  expect(rules?.spec).toEqual(parse(readFileSync("deploy/monitoring/vitrine-rules.yaml", "utf8")));
  const monitor = readManifests("components/monitoring").find(({ kind }) => kind === "PodMonitor");
  const ports = pods.flatMap(([, { spec }]) => spec.containers[0]?.ports ?? []).map(({ name }) => name);
  expect(ports).toContain(monitor?.spec.podMetricsEndpoints[0].port);
});

/** The file that is drawn for a key of the secret `vitrine-databases`. */
function fileOf(path: string): string {
  const files = readKustomization("overlays/external").secretGenerator?.flatMap((one) => one.files) ?? [];
  const file = files.find((text) => text.startsWith(`${basename(path)}=`))?.split("=")[1];
  return basename(file ?? "missing");
}
