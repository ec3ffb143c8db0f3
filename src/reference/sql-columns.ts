import { maskSql } from "../migrations/sql-text.ts";

/** The columns of a view, in order, as its text names them. */
export function readViewColumns(text: string): readonly string[] {
  const masked = maskSql(text);
  const head = /\bview\s+[`\w$]+\s+as\b/i.exec(masked);
  if (!head) return [];
  const query = masked.slice(head.index + head[0].length);
  // Past the queries of a `with`, which are in brackets.
  const select = findOutside(query, /\bselect\b/i);
  return select === undefined ? [] : readSelectList(query.slice(select.end));
}

/** The columns of each set of rows that a procedure answers with, in the order of the text; or the type of a function. */
export function readReturns(text: string): readonly string[] {
  const masked = maskSql(text);
  const type = /\breturns\s+(\w+(?:\s*\([^)]*\))?)/i.exec(masked)?.[1];
  if (type !== undefined) return [type];
  const statement =
    /(?:;|\bbegin|\bthen|\belse|\bdo|\b(?:data|invoker|definer|sql))\s+(?:set\s+statement\s[^;]*?\sfor\s+)?select\b/gi;
  const sets: string[] = [];
  for (const { index, 0: found } of masked.matchAll(statement)) {
    const rest = masked.slice(index + found.length);
    const end = findOutside(rest, /;/)?.start ?? rest.length;
    // `select … into` answers nobody.
    if (findOutside(rest.slice(0, end), /\binto\b/i)) continue;
    sets.push(readSelectList(rest.slice(0, end)).join(", "));
  }
  return [...new Set(sets)];
}

/** Where `pattern` first matches outside brackets. */
function findOutside(
  text: string,
  pattern: RegExp,
): { readonly start: number; readonly end: number } | undefined {
  for (const match of text.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))) {
    const before = text.slice(0, match.index);
    if (before.split("(").length === before.split(")").length)
      return { start: match.index, end: match.index + match[0].length };
  }
  return undefined;
}

/** The names of the columns of a select list, which begins `list` and ends at `from`, `union` or the end. */
function readSelectList(list: string): readonly string[] {
  const end = findOutside(list, /(?<!`)\b(?:from|union|where)\b(?!`)|;/i)?.start ?? list.length;
  const items: string[] = [""];
  let depth = 0;
  for (const letter of list.slice(0, end)) {
    depth += letter === "(" ? 1 : letter === ")" ? -1 : 0;
    if (letter === "," && depth === 0) items.push("");
    else items[items.length - 1] += letter;
  }
  // The alias, or the column itself.
  return items.map((item) => /`?([\w$]+)`?\s*$/.exec(item.trim())?.[1] ?? "");
}
