import { isWord, type SqlToken } from "./sql-tokens.ts";

/** A pair of parentheses in a text of SQL, or the text itself. */
export interface SqlFrame {
  readonly parent: SqlFrame | null;
  /** Numbers of the tokens between which it lies. */
  readonly begin: number;
  readonly end: number;
  /** The name before it: of a function, or none. */
  readonly call: string;
  /** Where the list of what is selected begins and ends; null: it selects nothing. */
  readonly list: readonly [begin: number, end: number] | null;
}

/** For each token the innermost parentheses that it stands in. */
export function readFrames(tokens: readonly SqlToken[]): readonly SqlFrame[] {
  type Open = { -readonly [key in keyof SqlFrame]: SqlFrame[key] };
  const begin = (parent: Open | null, at: number): Open => {
    const before = tokens[at - 2];
    const call = before?.kind === "name" && parent !== null ? before.says.toLowerCase() : "";
    return { parent, begin: at, end: tokens.length, call, list: null };
  };
  let frame = begin(null, 0);
  const frames: Open[] = [];
  for (const [at, token] of tokens.entries()) {
    if (isWord(token, ")") && frame.parent !== null) {
      frame.end = at;
      if (frame.list && frame.list[1] > at) frame.list = [frame.list[0], at];
      frame = frame.parent as Open; // made by `begin`, as all are
    }
    frames.push(frame);
    if (isWord(token, "(")) frame = begin(frame, at + 1);
    else if (isWord(token, "select") && frame.list === null)
      frame.list = [isWord(tokens[at + 1], "distinct") ? at + 2 : at + 1, tokens.length];
    else if (isWord(token, "from", ";") && frame.list && frame.list[1] > at) frame.list = [frame.list[0], at];
  }
  return frames;
}

/** A part of a list: the numbers of its first token and of that behind its last. */
export type ListItem = readonly [begin: number, end: number];

/** The parts of a list that commas of its own parentheses divide. */
export function splitList(
  tokens: readonly SqlToken[],
  frames: readonly SqlFrame[],
  { frame, from, to }: { readonly frame: SqlFrame; readonly from: number; readonly to: number },
): readonly ListItem[] {
  const items: ListItem[] = [];
  let begin = from;
  for (let at = from; at < to; at += 1)
    if (frames[at] === frame && isWord(tokens[at], ",")) {
      items.push([begin, at]);
      begin = at + 1;
    }
  return [...items, [begin, to]];
}
