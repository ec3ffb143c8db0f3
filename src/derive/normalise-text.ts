/**
 * The parser knows another dialect, so what the server writes is put into its words first, outside of quotes:
 * `!x` → `not(x)`, `MOD` → `%`, character sets of casts → types of their own, units of two parts → units that the
 * server has not. It takes all that follows `DIV` as the right operand (`a DIV b = c and d` loses a condition), so
 * that becomes `/ div_mark *`, which nests as the server does and is found again.
 */
export function normaliseText(sql: string): string {
  let text = "";
  const quoted = /'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`]|``)*`/g;
  let from = 0;
  for (const match of sql.matchAll(quoted)) {
    text += `${normalisePlain(sql.slice(from, match.index))}${match[0]}`;
    from = match.index + match[0].length;
  }
  return closeNegations(text + normalisePlain(sql.slice(from)));
}

/** The column that stands for the left half of a `DIV`. */
export const divMark = "div_mark";

/** Types that stand for text of a character set: `charset_latin1`. */
export const charsetType = "charset_";

/** Its binary collation: `charset_latin1__binary`. */
export const binaryMark = "__binary";

/** The server's units of two parts, and units of the parser that the server has not. */
export const pairUnits: Readonly<Record<string, string>> = { year_month: "century", day_hour: "decade" };

const normalisePlain = (text: string): string =>
  text
    .replace(/ MOD /g, " % ")
    .replace(/ DIV /g, ` / ${divMark} * `)
    .replace(
      / char(\(\d+\))? charset (\w+)( binary)?/g,
      (_, length = "", name, isBinary) => ` ${charsetType}${name}${isBinary ? binaryMark : ""}${length}`,
    )
    .replace(/\b(year_month|day_hour)\b/g, (unit) => pairUnits[unit] ?? unit)
    .replace(/!(?!=)/g, "\u0001");

/** Puts each `!` and its operand into words: a name, a call, a literal or what stands in parentheses. */
function closeNegations(text: string): string {
  let result = text;
  for (let at = result.lastIndexOf("\u0001"); at >= 0; at = result.lastIndexOf("\u0001")) {
    const end = endOfOperand(result, at + 1);
    result = `${result.slice(0, at)}(not(${result.slice(at + 1, end)}))${result.slice(end)}`;
  }
  return result;
}

/** The end of a name, a call, a literal or parentheses; the end of all where it is something else, which is refused then. */
function endOfOperand(text: string, start: number): number {
  const head = /\s*(?:'(?:[^'\\]|\\[\s\S]|'')*'|(?:`(?:[^`]|``)*`|\w+)(?:\.(?:`(?:[^`]|``)*`|\w+))*)?/y;
  head.lastIndex = start;
  const found = head.exec(text)?.[0] ?? "";
  const end = start + found.length;
  if (text[end] === "(") return endOfParentheses(text, end);
  return found.trim() === "" || /^\s*case$/.test(found) ? text.length : end;
}

function endOfParentheses(text: string, start: number): number {
  const lexeme = /'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`]|``)*`|[()]/g;
  lexeme.lastIndex = start;
  let depth = 0;
  for (let match = lexeme.exec(text); match; match = lexeme.exec(text)) {
    if (match[0] === "(") depth += 1;
    if (match[0] === ")") depth -= 1;
    if (depth === 0) return lexeme.lastIndex;
  }
  return text.length;
}
