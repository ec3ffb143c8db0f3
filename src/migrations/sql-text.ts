/**
 * Just enough of SQL's lexical rules to look at a file without being fooled by comments and strings. What the server
 * executes of a comment, `/*! … *\/`, is none.
 * Nothing here splits statements: the server parses whole files.
 */

const lexemes =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`[^`]*`|--(?=\s|$)[^\n]*|#[^\n]*|\/\*(?!M?!)[\s\S]*?\*\//g;

/** The text without comments, and with every string literal emptied. Quoted names stay. */
export const maskSql = (sql: string): string =>
  sql.replace(lexemes, (lexeme) => {
    if (lexeme.startsWith("`")) return lexeme;
    return lexeme.startsWith("'") || lexeme.startsWith('"') ? "''" : " ";
  });

/** The text without comments. Strings and quoted names stay. */
export const stripComments = (sql: string): string =>
  sql.replace(lexemes, (lexeme) => (/^['"`]/.test(lexeme) ? lexeme : " "));

/** A name, as a pattern that stands for it alone. */
export const escapePattern = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** Whether a name stands in a text, whatever is before and behind it: `x.name`, `name.x`, quoted or not, in any case. */
export function mentions(text: string, name: string): boolean {
  // Asked of every text for every name: most have nothing alike.
  if (!text.toLowerCase().includes(name.toLowerCase())) return false;
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${escapePattern(name)}(?![\\p{L}\\p{N}_$])`, "iu").test(text);
}

/**
 * The names in a text that may stand for a view, a routine or a trigger, in lower case. Not among them:
 * columns of something (`x.name`), qualifiers (`name.x`) and aliases (`as name`).
 */
export function readNames(masked: string): ReadonlySet<string> {
  const name =
    /(?<![\p{L}\p{N}_$.`]|\.\s+|\bas\s+)(?:`(?<quoted>[^`]+)`|(?<plain>[\p{L}_][\p{L}\p{N}_$]*(?![\p{L}\p{N}_$])))(?!\s*\.)/giu;
  const names = new Set<string>();
  for (const { groups } of masked.matchAll(name))
    names.add((groups?.quoted ?? groups?.plain ?? "").toLowerCase());
  return names;
}
