/** A property of an object in a text of TypeScript. */
interface Property {
  readonly name: string;
  readonly from: number;
  /** Behind its comma. */
  readonly to: number;
  /** Where its value begins. */
  readonly value: number;
}

const lexemes = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[\s\S]/gy;

/** The text with what is in strings and comments made blank, so that marks can be counted; as long as before. */
const maskCode = (code: string): string =>
  [...code.matchAll(lexemes)]
    .map(([text]) => (text.length > 1 ? text.replaceAll(/[^\n]/g, " ") : text))
    .join("");

/** The properties of the object whose brace stands at a place. */
function readProperties(code: string, masked: string, brace: number): readonly Property[] {
  const properties: Property[] = [];
  let depth = 0;
  let from = brace + 1;
  for (let at = brace + 1; at < masked.length; at += 1) {
    const mark = masked[at] ?? "";
    const isEnd = depth === 0 && mark === "}";
    if (isEnd || (depth === 0 && mark === ",")) {
      const named =
        /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:"(?<quoted>[^"]+)"|(?<name>[\w$]+))\s*:\s*/.exec(
          code.slice(from, at),
        );
      const name = named?.groups?.quoted ?? named?.groups?.name;
      if (named && name !== undefined)
        properties.push({ name, from, to: isEnd ? at : at + 1, value: from + named[0].length });
      from = at + 1;
    }
    if (isEnd) break;
    if ("({[".includes(mark)) depth += 1;
    if (")}]".includes(mark)) depth -= 1;
  }
  return properties;
}

/**
 * The text of a definition without a field, given by its name and those within it, and without links that lead by it; null
 * when it is not found as a definition writes it, when the rest still names it, or when it would leave nothing.
 */
export function takeFieldOut(code: string, path: readonly string[]): string | null {
  const masked = maskCode(code);
  let brace = masked.indexOf("{", masked.search(/\bfields\s*:/));
  let cut: Property | undefined;
  let all: readonly Property[] = [];
  for (const [index, name] of path.entries()) {
    if (brace < 0) return null;
    all = readProperties(code, masked, brace);
    cut = all.find((property) => property.name === name);
    if (!cut) return null;
    const next = masked.slice(cut.value, cut.to).indexOf("{");
    brace = index < path.length - 1 && next >= 0 ? cut.value + next : -1;
  }
  if (!cut || all.length === 1) return null;
  const [field = ""] = path;
  const links = path.length > 1 ? [] : all.filter((one) => isLinkBy(code.slice(one.value, one.to), field));
  const left = [...new Set([cut, ...links])]
    .sort((one, other) => other.from - one.from)
    .reduce((text, { from, to }) => text.slice(0, from) + text.slice(to), code);
  return path.length === 1 && names(left, field) ? null : left;
}

/** Whether a text, but for its remarks, has a name in quotes: of a key, or of what has no index. */
const names = (code: string, field: string): boolean =>
  [...code.matchAll(lexemes)].some(([text]) => text === `"${field}"`);

const isLinkBy = (text: string, field: string): boolean =>
  /^link\(/.test(text) && new RegExp(`\\bkey: "${field}"`).test(text);
