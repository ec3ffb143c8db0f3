import { createHash } from "node:crypto";

/** Numbers of a seed: the same seed draws the same file. */
export interface Draw {
  /** From 0 to `below` − 1. */
  number(below: number): number;
  pick<T>(items: readonly T[]): T;
}

/** The draws of one file: they depend on the seed and its number only. */
export function createDraw(seed: number, file: number): Draw {
  let block = createHash("sha256").update(`${seed}/${file}`).digest();
  let at = 0;
  const number = (below: number): number => {
    if (at + 4 > block.length) {
      block = createHash("sha256").update(block).digest();
      at = 0;
    }
    at += 4;
    return block.readUInt32LE(at - 4) % below;
  };
  // The index is below the length; no list is empty.
  return { number, pick: (items) => items[number(items.length)] as never };
}

const ends = ["\n", "\n", "\r\n", "\r\r\n"];
/** What has a meaning to some reader of such files, and short words that may stand beside it. */
const pieces = [
  ...[
    '"',
    '""',
    ",",
    ",,",
    "\n",
    "\r",
    "\r\n",
    "\r\r\n",
    "\t",
    "\\",
    "\\N",
    "\\\\",
    "\\n",
    '\\"',
    "\\0",
    "\u001a",
  ],
  ...["NULL", "null", "N", "0", "7", "a", "é", "李", "🙂", " ", "  ", "\u{feff}", "'", ";", "|", "\u0000"],
  ...["A", "b", "C,A,B", "A,B,C\n"],
];
const words = ["", "", "1", "22", "NULL", "a b", "é", "x\\", "\\N", "🙂 ", " ", "#", "it's", "\ta"];

/** A field as a writer of CSV would give it. */
function drawField(draw: Draw): string {
  const inner = Array.from({ length: draw.number(4) }, () => draw.pick(pieces)).join("");
  switch (draw.number(8)) {
    case 0:
      return inner;
    case 1:
    case 2:
      return `"${inner.replaceAll('"', '""').replaceAll("\0", "")}"`;
    case 3:
      return draw.number(20) === 0 ? draw.pick(["w", "é", "🙂"]).repeat(300 + draw.number(400)) : "w";
    default:
      return draw.pick(words);
  }
}

/** A file of the columns A, B and C, in some order, mostly well formed; now and then nothing but pieces. */
export function drawFile(draw: Draw): Buffer {
  const names = draw.pick(["A,B,C", "c,b,a", '"B",A,"C"', "A,B,Other,C"]);
  const columns = names.split(",").length;
  const end = draw.pick(ends);
  let text = draw.number(4) === 0 ? "\u{feff}" : "";
  text += names + end;
  const isWild = draw.number(5) === 0;
  for (let records = draw.number(12); records > 0; records--) {
    if (isWild) text += Array.from({ length: draw.number(12) }, () => draw.pick(pieces)).join("");
    else {
      const fields = columns + (draw.number(12) === 0 ? draw.number(3) - 1 : 0);
      text += Array.from({ length: fields }, () => drawField(draw)).join(",");
      if (draw.number(20) === 0) text += draw.pick(pieces);
    }
    text += draw.number(12) === 0 ? draw.pick(ends) : end;
  }
  if (draw.number(12) === 0) text = text.trimEnd();
  const bytes = Buffer.from(text);
  // Now and then a byte that is no UTF-8.
  if (draw.number(60) === 0) bytes[draw.number(bytes.length)] = 0xc3;
  return bytes;
}
