import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { configSchema } from "../../src/config.ts";

const root = new URL("../../", import.meta.url).pathname;
const read = (file: string) => readFileSync(join(root, file), "utf8");
const pages = ["SECURITY.md", "docs/explanation/security.md", "docs/how-to/run-without-trust.md"];
const questions = read("docs/explanation/security.md")
  .split("\n")
  .filter((line) => /^\| \d+ \|/.test(line));

test("ten questions are answered, each with a command that proves it, and every proof is there", () => {
  expect(questions.map((line) => Number(line.split("|")[1]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Readonly<Record<string, string>> };
  for (const line of questions) {
    const proofs = [...(line.split("|")[4] ?? "").matchAll(/`([^`]+)`/g)].map(([, command = ""]) => command);
    expect(proofs.length).toBeGreaterThan(0);
    for (const proof of proofs) {
      const [, kind, name] = /^(unit|integration) (\S+)$/.exec(proof) ?? [];
      const [, script] = /^npm run (\S+)/.exec(proof) ?? [];
      const isThere = kind
        ? existsSync(join(root, "test", kind, `${name}.test.ts`)) ||
          existsSync(join(root, "test", kind, name ?? ""))
        : script === undefined || script in scripts;
      expect([proof, isThere]).toEqual([proof, true]);
      const [, tool] = /-- --only (\w+)$/.exec(proof) ?? [];
      if (tool) expect(read("test/security/main.ts")).toMatch(new RegExp(`^ {8}${tool}: \\(\\) =>`, "m"));
      const [, bench] = /^npm run bench -- (\w+)$/.exec(proof) ?? [];
      if (bench) expect([bench, existsSync(join(root, "bench", `${bench}.ts`))]).toEqual([bench, true]);
    }
  }
});

test("what the pages of security name is there: links, settings, files of deploy", () => {
  for (const page of pages) {
    const text = read(page);
    for (const [, link = ""] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
      expect([page, link, existsSync(join(root, dirname(page), link))]).toEqual([page, link, true]);
    for (const [name] of text.matchAll(/\b(?:VITRINE|MARIADB|MONGODB)_[A-Z_]*[A-Z]\b/g))
      if (!/_IMAGE$/.test(name))
        expect([page, Object.keys(configSchema.shape)]).toEqual([page, expect.arrayContaining([name])]);
  }
});

test("the settings of nginx that the gateway relies on are in its file", () => {
  const config = read("deploy/proxy/nginx.conf");
  for (const line of [
    "proxy_set_header Host $http_host;",
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "proxy_set_header Upgrade $http_upgrade;",
    "proxy_http_version 1.1;",
    "proxy_buffering off;",
  ])
    expect(config).toContain(line);
});
