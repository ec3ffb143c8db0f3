import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .map((name) => join("docs", name));

/** Pages that a page links to, below the root. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/\]\(([^)#:\s]+\.md)(?:#[^)]*)?\)/g)].map(([, to]) =>
    join(dirname(page), to ?? ""),
  );
}

test("every page of the docs is linked by another page, or by README: who reads one finds the rest", () => {
  expect(pages.length).toBeGreaterThan(40);
  const linked = new Set(
    ["README.md", ...pages].flatMap((page) => linksOf(page).filter((to) => to !== page)),
  );
  expect(pages.filter((page) => !linked.has(page))).toEqual([]);
});
