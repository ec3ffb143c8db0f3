/**
 * Where the value of a JSON list ends that begins at `start`; undefined when more text must tell. Of a broken value
 * (a lost quote or bracket) as little as possible is taken: no string goes over the end of a line, and an object that
 * begins where none may stand, on a line of its own or behind a comma, is the next value. So a lost quote may take the
 * rest of its line, a lost bracket its value alone.
 */
export function findValueEnd(text: string, start: number, isLast: boolean): number | undefined {
  const open: string[] = [];
  /** The last character that means something, and whether a line has ended since. */
  let before = "";
  let beginsLine = false;
  for (let at = start; at < text.length; at++) {
    const next = text.charAt(at);
    if (next === " " || next === "\t" || next === "\r") continue;
    if (next === "\n") {
      if (open.length === 0) return at;
      beginsLine = true;
      continue;
    }
    if (open.length === 0 && before !== "" && (next === "," || next === "]" || next === "{")) return at;
    if (next === '"') {
      const end = findStringEnd(text, at);
      if (end === undefined) break;
      at = end - 1;
      if (open.length === 0) return end;
    } else if (next === "{" || next === "[") {
      if (next === "{" && (beginsLine || before === ",") && !mayFollow(before, open.at(-1))) return at;
      open.push(next);
    } else if (next === "}" || next === "]") {
      const opening = next === "}" ? "{" : "[";
      const matching = open.lastIndexOf(opening);
      // A bracket that closes nothing here closes the list itself.
      if (matching === -1 && next === "]") return at;
      if (matching !== -1) open.length = matching;
      if (open.length === 0) return at + 1;
    }
    before = next;
    beginsLine = false;
  }
  return isLast && open.length === 0 ? text.length : undefined;
}

/** Whether an object may stand behind this character. */
const mayFollow = (before: string, inside: string | undefined): boolean =>
  inside === "{" ? before === ":" : before === "[" || before === ",";

/** Behind the closing quote, or where the line ends that lacks one. */
function findStringEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const next = text.charAt(at);
    if (next === '"') return at + 1;
    if (next === "\n") return at;
    if (next === "\\" && text[at + 1] !== "\n") at++;
  }
  return undefined;
}
