import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { configSchema } from "../../src/config.ts";
import { listVerbs } from "../support/list-verbs.ts";

/** The example for EC2, against what there is. Terraform itself looks at its form in integration/deploy/own-tools. */
const folder = "deploy/terraform/ec2";
const texts = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
const all = [...texts.values()].join("\n");
const drawn = mkdtempSync(join(tmpdir(), "vitrine-terraform-"));
execFileSync(process.execPath, ["deploy/compose/make-secrets.mjs", join(drawn, "secrets")]);
afterAll(() => rmSync(drawn, { recursive: true }));

test("each variable is declared, and used", () => {
  const declared = [...all.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name).sort();
  const used = [...all.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name);
  expect([...new Set(used)].sort()).toEqual(declared);
});

test("each file that it names is there, and each value of a template is given", () => {
  const named = [...all.matchAll(/(?:templatefile|file)\("\$\{path\.module\}\/([^"]+)"/g)];
  expect(named.length).toBeGreaterThan(3);
  for (const [, file = ""] of named) expect([file, existsSync(resolve(folder, file))]).toEqual([file, true]);
  for (const [, file = "", given = ""] of all.matchAll(
    /templatefile\("\$\{path\.module\}\/([^"]+)", \{([\s\S]*?)\n {2}\}\)/g,
  )) {
    const names = [...given.matchAll(/^ {4}(\w+) += /gm)].map(([, name]) => name);
    const template = texts.get(file) ?? "";
    const wanted = [...template.matchAll(/[$%]\{ ?(?:if |join\(",", )?(\w+)/g)].map(([, name]) => name);
    expect([...new Set(wanted)].filter((name) => name !== "else" && name !== "endif").sort()).toEqual(
      names.sort(),
    );
  }
});

test("containers run verbs with settings that there are, and secrets that are drawn", async () => {
  const gateway = texts.get("gateway.sh.tftpl") ?? "";
  const settings = [...gateway.matchAll(/--env (\w+)=(\S+)/g)];
  expect(settings.length).toBeGreaterThan(8);
  for (const [, name] of settings) expect(Object.keys(configSchema.shape)).toContain(name);
  for (const [, name, value] of settings)
    if (name?.endsWith("_URL_FILE"))
      expect([value, existsSync(join(drawn, `${value}`.replace("/run/", "")))]).toEqual([value, true]);
  const verbs = [...gateway.matchAll(/\$\{image\} (\w+)/g)].map(([, verb]) => verb);
  expect(verbs).toEqual(["migrate", "mirror", "serve"]);
  for (const verb of verbs) expect(await listVerbs()).toContain(verb);
  // Two looks of the balancer that fail, and a third that may have just begun.
  const [, every] = /interval += (\d+)/.exec(all) ?? [];
  const [, drainMs] = /VITRINE_DRAIN_MS=(\d+)/.exec(gateway) ?? [];
  expect(Number(drainMs)).toBeGreaterThanOrEqual(3000 * Number(every));
  expect(all).toContain('path                = "/servez"');
});
