import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { hasTool, installModules, runTool } from "../../support/deploy-tools.ts";

/** Files for other programs, judged by these programs or by their own schemas. Where one is not to be had, its test says so. */
const folder = mkdtempSync(join(tmpdir(), "vitrine-own-tools-"));
afterAll(() => rmSync(folder, { recursive: true }));
const modules = installModules();

describe.skipIf(typeof modules === "string")("by the schemas of their owners", () => {
  const run = typeof modules === "string" ? undefined : modules;
  test.each([
    ["vendor.compose-spec", "docker-compose.yml"],
    ["vendor.github-workflows", ".github/workflows/ci.yml"],
  ])("%s takes %s, and nothing else", (schema, file) => {
    const check = (path: string) => run?.("check_jsonschema", "--builtin-schema", schema, path);
    expect(check(file)).toMatchObject({ code: 0 });
    const spoiled = join(folder, "spoiled.yml");
    writeFileSync(spoiled, "services: 7\njobs: 7\n");
    expect(check(spoiled)).toMatchObject({ code: 1 });
  });

  const kustomize = [
    ["kubectl", "kustomize"],
    ["kustomize", "build"],
  ].find(([program = ""]) => hasTool(program, "version", ...(program === "kubectl" ? ["--client"] : [])));
  const copy = join(folder, "kubernetes");
  cpSync("deploy/kubernetes", copy, { recursive: true });

  test.for(["external", "replication", "galera"])("Kubernetes takes the overlay %s", (name, context) => {
    const [program, verb] = kustomize ?? [];
    if (program === undefined || verb === undefined)
      return context.skip("Neither kubectl nor kustomize is on this machine.");
    const overlay = join(copy, "overlays", name);
    if (!existsSync(join(overlay, "secrets")))
      expect(
        runTool(process.execPath, ["deploy/compose/make-secrets.mjs", join(overlay, "secrets")]),
      ).toMatchObject({ code: 0 });
    const built = runTool(program, [verb, overlay]);
    expect(built.code, built.output).toBe(0);
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, built.output);
    const judged = run?.("kubernetes_validate", "--strict", file);
    expect(judged?.code, judged?.output).toBe(0);
    // What has no schema is an operator's, whose name it says.
    const unknown = [...(judged?.output ?? "").matchAll(/find schema for kind (\w+)/g)].map(
      ([, kind]) => kind,
    );
    const operators = ["MariaDB", "MongoDBCommunity", "PodMonitor", "PrometheusRule"];
    expect(unknown).toEqual(name === "external" ? [] : operators);
    for (const document of parseAllDocuments(built.output)) {
      const { kind, metadata, spec } = document.toJS();
      if (kind !== "Deployment") continue;
      // The policies of the network find a pod by this.
      expect([metadata.name, spec.template.metadata.labels["app.kubernetes.io/name"]]).toEqual([
        metadata.name,
        "vitrine",
      ]);
      const volumes: { readonly secret?: { readonly secretName: string } }[] = spec.template.spec.volumes;
      const secret = volumes.find((volume) => volume.secret?.secretName.startsWith("vitrine-databases"));
      // Other passwords are another secret: pods are started anew.
      expect(secret?.secret?.secretName).toMatch(/^vitrine-databases-\w+$/);
    }
    writeFileSync(file, built.output.replace("maxUnavailable: 0", "maxUnavailabel: 0"));
    expect(run?.("kubernetes_validate", "--strict", file)).toMatchObject({ code: 1 });
  });
});
test("the schemas can be had", (context) => {
  if (typeof modules === "string") context.skip(modules);
});

test.each([
  [["mariadb"], { "collation-server": "utf8mb4_nopad_bin", "log-bin-trust-function-creators": "TRUE" }],
  [
    ["mariadb", "replicated"],
    { "rpl-semi-sync-master-wait-point": "AFTER_SYNC", "binlog-format": "ROW", "sync-binlog": "1" },
  ],
  [["mariadb", "clustered"], { "wsrep-sst-method": "mariabackup", "innodb-autoinc-lock-mode": "2" }],
])("MariaDB understands the settings of %s", (names, wanted) => {
  // The server passes over a file that others may write to.
  const files = names.map((name) => join(folder, `${name}.cnf`));
  for (const [index, name] of names.entries())
    cpSync(`deploy/compose/${name}.cnf`, `${files[index]}`, { mode: 0 });
  const all = join(folder, "all.cnf");
  writeFileSync(all, files.map((file) => `!include ${file}\n`).join(""), { mode: 0o644 });
  const help = runTool("mariadbd", [
    `--defaults-file=${all}`,
    `--user=${userInfo().username}`,
    "--verbose",
    "--help",
  ]);
  expect(help.code, help.output.slice(-500)).toBe(0);
  for (const [name, value] of Object.entries(wanted))
    expect(help.output).toMatch(new RegExp(`^${name} +${value}$`, "m"));
});

test("HAProxy understands its settings", (context) => {
  if (!hasTool("haproxy", "-v")) return context.skip("HAProxy is not on this machine.");
  // The names are those of containers: none is looked for.
  const { code, output } = runTool("haproxy", ["-c", "-f", "deploy/compose/haproxy.cfg"]);
  expect(code, output).toBe(0);
});

test("Terraform finds its files well formed", (context) => {
  if (!hasTool("terraform", "version")) return context.skip("Terraform is not on this machine.");
  const { code, output } = runTool("terraform", ["fmt", "-check", "-diff", "-recursive", "deploy/terraform"]);
  expect(code, output).toBe(0);
});
