import type { ColumnKind } from "./chart-rows.ts";

/** What stands where there is no value. */
const NOTHING = "–";

/** A value as people read it: numbers exact, with commas; moments in UTC, to the second. */
export function formatValue(value: unknown, kind: ColumnKind): string {
  if (value === null || value === undefined) return NOTHING;
  switch (kind) {
    case "number":
    case "decimal":
      return groupDigits(String(value));
    case "dateTime":
      return `${String(value).slice(0, 19).replace("T", " ")} UTC`;
    case "boolean":
      return value === true ? "yes" : "no";
    case "list":
      return Array.isArray(value)
        ? `${value.length} ${value.length === 1 ? "item" : "items"}`
        : String(value);
    default:
      return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
}

/** `-1234567.80` as `-1,234,567.80`: digits are moved as text, none is rounded. */
export function groupDigits(text: string): string {
  const [, sign = "", whole = "", rest = ""] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? [];
  if (whole === "") return text;
  return `${sign.replace("-", "−")}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${rest}`;
}

/** A span of time in the largest unit that tells it: `12 s`, `3 min`, `2 h`, `4 days`. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
