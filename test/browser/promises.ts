import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What the docs promise to people in a browser, read from their own text. */
export interface Promises {
  /** Addresses of the gateway, without what is asked of them: `/dashboard`, `/export/<model>.<format>`. */
  readonly addresses: readonly string[];
  /** What one clicks, in the words that stand on it: *Copy link*. */
  readonly labels: readonly string[];
  /** Views of an answer: `Table`. */
  readonly views: readonly string[];
  /** Forms of files, as `vitrine export` calls them: `csv`, `csv --excel`. */
  readonly formats: readonly string[];
}

/** The pages that tell what a browser shows; what they emphasise stands on a button, a link or a list. */
const aboutPages = ["docs/how-to/look-at-answers.md", "docs/how-to/dashboards.md"];

export async function readPromises(): Promise<Promises> {
  const names = await readdir("docs", { recursive: true });
  const files = [
    "README.md",
    ...names.filter((name) => name.endsWith(".md")).map((name) => join("docs", name)),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const pages = await Promise.all(aboutPages.map((file) => readFile(file, "utf8")));
  const exports = await readFile("docs/how-to/export.md", "utf8");
  return {
    addresses: distinct(texts.flatMap(findAddresses)),
    labels: distinct(pages.flatMap((text) => findAll(text, /(?<![*\w])\*([A-Z][\w ]+)\*(?!\*)/g))),
    views: firstCells(pages.join("\n"), "view"),
    formats: firstCells(exports, "`--format`").map((cell) => findAll(cell, /^`([^`]+)`/g)[0] ?? cell),
  };
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();
const findAll = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);

/**
 * `` `/docs` `` and `http://localhost:4000/metrics`; neither folders of a machine nor what only pages load (`/assets/…`), nor where one
 * is led who is asked who they are.
 */
const findAddresses = (text: string): readonly string[] =>
  [
    ...findAll(text, /`(?:GET |POST )?(\/[a-z][^`\s]*)`/g),
    ...findAll(text, /(?:localhost|127\.0\.0\.1):4000(\/[^`\s'")>]*)/g),
  ]
    .map((address) => address.replace(/\?.*$/, ""))
    .filter((address) => !/^\/(etc|run|srv|var|tmp|usr|sign-in)\b/.test(address) && !address.endsWith("/…"));

/** The first cells of the table whose first heading is `heading`. */
function firstCells(text: string, heading: string): readonly string[] {
  const lines = text.split("\n");
  const begin = lines.findIndex(
    (line) => line.startsWith(`| ${heading} |`) || line.startsWith(`| ${heading} (`),
  );
  const rows = lines.slice(begin + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map((line) => line.split("|")[1]?.trim() ?? "");
}
