type Row = Readonly<Record<string, unknown>>;

/** A cell longer than this is cut: a list in it would make every line as long. */
const WIDEST = 60;

/**
 * Rows as lines of text: objects as columns of their own (`buyer.name`), lists as JSON, numbers to the right, null as nothing.
 * Control characters are shown as spaces, so that no text moves the cursor of a terminal.
 */
export function formatTable(rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return ["No rows."];
  const flat = rows.map((row) => new Map(flatten(row, "")));
  const found = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  // Where there is no object, its key is a null that no other row has.
  const names = found.filter((name) => !found.some((other) => other.startsWith(`${name}.`)));
  const columns = names.map((name) => {
    const cells = flat.map((row) => toCell(row.get(name)));
    const isNumeric = flat.every((row) => isNumber(row.get(name)));
    const width = Math.max(name.length, ...cells.map(lengthOf));
    const pad = (text: string) => {
      const blanks = " ".repeat(width - lengthOf(text));
      return isNumeric ? blanks + text : text + blanks;
    };
    return { head: pad(name), rule: "─".repeat(width), cells: cells.map(pad) };
  });
  const line = (pick: (column: (typeof columns)[number]) => string) => columns.map(pick).join("  ").trimEnd();
  return [
    line(({ head }) => head),
    line(({ rule }) => rule),
    ...rows.map((_row, index) => line(({ cells }) => cells[index] ?? "")),
  ];
}

const flatten = (row: Row, above: string): readonly (readonly [string, unknown])[] =>
  Object.entries(row).flatMap(([key, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? flatten(value as Row, `${above}${key}.`) // no list and not null
      : [[`${above}${key}`, value] as const],
  );

/** Letters that stand beside each other, not their parts. */
const lengthOf = (text: string): number => [...text].length;

function toCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const letters = [...text.replaceAll(/\p{Cc}/gu, " ")];
  return letters.length > WIDEST ? `${letters.slice(0, WIDEST - 1).join("")}…` : letters.join("");
}

/** Decimals are texts with a point; a code of digits, as a zip, is none. */
const isNumber = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  typeof value === "number" ||
  (typeof value === "string" && /^-?\d+\.\d+$/.test(value));
