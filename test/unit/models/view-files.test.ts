import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { maskSql } from "../../../src/migrations/sql-text.ts";
import project from "../../../vitrine.config.ts";

const folder = fileURLToPath(new URL(`../../../${project.sql}/views`, import.meta.url));
const views = project.domains.flatMap((domain) =>
  readdirSync(join(folder, domain.name))
    .filter((file) => file.endsWith(".sql"))
    .map((file) => {
      const text = readFileSync(join(folder, domain.name, file), "utf8");
      return { name: file.replace(/\.sql$/, ""), code: maskSql(text) };
    }),
);

describe.each(views.map((view) => [view.name, view] as const))("view %s", (_name, { code }) => {
  // The same rows must give the same document whenever and to whomever they are shown.
  test("depends on rows alone", () => {
    expect(code).not.toMatch(
      /@|\b(now|sysdate|curdate|curtime|current_\w+|localtime\w*|utc_\w+|unix_timestamp|rand|uuid\w*|user|session_user|system_user|connection_id|database|schema|version|last_insert_id)\s*\(|\bcurrent_(date|time|timestamp|user|role)\b/i,
    );
  });
});

test("every model has its view", () => {
  const names = new Set(views.map((view) => view.name));
  const missing = project.domains
    .flatMap((domain) => domain.models)
    .map((model) => model.name)
    .filter((name) => !names.has(name));
  expect(missing).toEqual([]);
});
