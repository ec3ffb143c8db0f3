import { binaryMark, charsetType, pairUnits } from "./normalise-text.ts";
import { at, type Json, listAt, readName, readTag, textAt } from "./parser-tree.ts";
import { refuse } from "./refusal.ts";

/** The type of a cast as the server writes it. @throws Refusal when it is not known. */
export function readType(node: Json): string {
  const [tag, content] = readTag(node);
  const length = typeof content === "number" ? `(${content})` : "";
  switch (tag) {
    case "Signed":
    case "SignedInteger":
    case "Int":
      return "signed";
    case "Unsigned":
    case "UnsignedInteger":
      return "unsigned";
    case "Char":
    case "Character":
      return `char${lengthOf(at(content, "IntegerLength", "length"))}`;
    case "Date":
      return "date";
    case "Datetime":
      return `datetime${length}`;
    case "Time":
      return `time${Array.isArray(content) ? lengthOf(content[0] ?? null) : ""}`;
    case "Double":
    case "Float":
      return tag.toLowerCase();
    case "Binary":
      return `binary${length}`;
    case "Decimal":
      return `decimal${precisionOf(content)}`;
    case "Timestamp":
      return "timestamp";
    case "Custom": {
      const [name = ""] = readName(Array.isArray(content) ? (content[0] ?? []) : []).parts;
      const [size] = Array.isArray(content) ? listAt({ list: content[1] ?? [] }, "list") : [];
      if (name.startsWith(charsetType))
        return `char${lengthOf(size ?? null)} character set ${name.slice(charsetType.length).replace(binaryMark, " binary")}`;
      break;
    }
  }
  return refuse(`The type ${tag} of a cast is not understood`, "Use another type.");
}

const lengthOf = (length: Json): string =>
  length === null || length === "None" ? "" : `(${String(length)})`;

function precisionOf(content: Json): string {
  const both = listAt(content, "PrecisionAndScale");
  if (both.length > 0) return `(${both.map(String).join(",")})`;
  return lengthOf(textAt(content, "Precision") || null);
}

/** A unit of an interval as the server writes it. */
export function readUnit(unit: string): string {
  const known = unit.toLowerCase();
  const pair = Object.entries(pairUnits).find(([, standIn]) => standIn === known)?.[0];
  if (pair !== undefined) return pair;
  if (/^(?:year|quarter|month|week|day|hour|minute|second|microsecond)$/.test(known)) return known;
  return refuse(`The unit ${unit} of an interval is not understood`, "Use another unit.");
}
