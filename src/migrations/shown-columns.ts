/** What a view makes of a column, so that a document can show it. */
export type Shown = "asIs" | "milliseconds" | "number" | "unsigned" | "base64" | "geojson" | "text";

/** Why a column cannot be shown as it is, for a view that would have to be changed. */
export const reasonOf: Readonly<Record<Exclude<Shown, "asIs">, string>> = {
  milliseconds: "finer than a millisecond: cast it to datetime(3)",
  number: "bits: add 0 to it, for a number",
  unsigned: "bits: cast(… + 0 as decimal(20,0)), for a decimal",
  base64: "binary: hex(…), or replace(to_base64(…), cast(char(10) as char), '')",
  geojson: "a geometry: st_asgeojson(…)",
  text: "of no exact form: cast it to char",
};

/** The expression that shows a column. */
export function printShown(shown: Shown, column: string): string {
  switch (shown) {
    case "asIs":
      return column;
    case "milliseconds":
      return `cast(${column} as datetime(3))`;
    case "number":
      return `${column} + 0`;
    case "unsigned":
      return `cast(${column} + 0 as decimal(20,0))`;
    case "base64":
      return `replace(to_base64(${column}), cast(char(10) as char), '')`;
    case "geojson":
      return `st_asgeojson(${column})`;
    case "text":
      return `cast(${column} as char)`;
  }
}
