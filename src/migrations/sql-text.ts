/**
 * Just enough of SQL's lexical rules to look at a file without being fooled by comments and strings.
 * Nothing here splits statements: the server parses whole files.
 */

const lexemes =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`[^`]*`|--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//g;

/** The text without comments, and with every string literal emptied. Quoted names stay. */
export const maskSql = (sql: string): string =>
  sql.replace(lexemes, (lexeme) => {
    if (lexeme.startsWith("`")) return lexeme;
    return lexeme.startsWith("'") || lexeme.startsWith('"') ? "''" : " ";
  });

/**
 * The names in a text that may stand for a view, a routine or a trigger, in lower case. Not among them:
 * columns of something (`x.name`), qualifiers (`name.x`) and aliases (`as name`).
 */
export function readNames(masked: string): ReadonlySet<string> {
  const names = new Set<string>();
  const name = /(?<before>\.\s*|\bas\s+)?(?:`(?<quoted>[^`]+)`|(?<plain>[a-z_][\w$]*))(?<after>\s*\.)?/gi;
  for (const { groups } of masked.matchAll(name)) {
    const found = groups?.quoted ?? groups?.plain;
    if (found && groups?.before === undefined && groups?.after === undefined) names.add(found.toLowerCase());
  }
  return names;
}
