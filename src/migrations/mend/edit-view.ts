import { toSqlName } from "../reserved-words.ts";
import { type ListItem, readFrames, type SqlFrame, splitList } from "./select-lists.ts";
import {
  applyEdits,
  findColumnUses,
  findTableUses,
  isWord,
  printName,
  readSqlTokens,
  type SqlToken,
  type TextEdit,
} from "./sql-tokens.ts";

/** The text of a view with a column of a table under its new name; what the view shows keeps its names. */
export function renameColumn(
  sql: string,
  { table, column, to }: { readonly table: string; readonly column: string; readonly to: string },
): string {
  const tokens = readSqlTokens(sql);
  const frames = readFrames(tokens);
  const edits = findColumnUses(tokens, { table, column }).map(({ first, last }): TextEdit => {
    const token = tokens[last];
    if (!token) throw new TypeError("A use is one of the tokens.");
    const list = frames[first]?.list;
    const isItem =
      list && first >= list[0] && last < list[1] && isWord(tokens[first - 1], ",", "select", "distinct");
    const isAlone = isItem && (last + 1 >= list[1] || isWord(tokens[last + 1], ",", "from", ")", ";"));
    const text = isAlone ? `${printName(to)} as ${toSqlName(column)}` : printName(to);
    return { from: token.from, to: token.to, text };
  });
  return applyEdits(sql, edits);
}

/** The text of a view that reads a table under its new name, and calls it as before. */
export function renameTable(sql: string, table: string, to: string): string {
  const tokens = readSqlTokens(sql);
  const edits = findTableUses(tokens, table).flatMap(({ at, isRenamed }): readonly TextEdit[] => {
    const token = tokens[at];
    if (!token) return [];
    const text = isRenamed ? toSqlName(to) : `${toSqlName(to)} as ${toSqlName(table)}`;
    return [{ from: token.from, to: token.to, text }];
  });
  return applyEdits(sql, edits);
}

/** A view without what a column said. */
export interface WithoutColumn {
  readonly text: string;
  /** What is not shown any more: a column of the view, or names within its JSON. */
  readonly shown: readonly (readonly string[])[];
  /** Lines, from 1, where the column decides about more than what is shown: a person has to change them. */
  readonly byHand: readonly number[];
}

/** Takes what is made of a column out of the list of what a view selects, and out of its JSON objects. */
export function takeColumnOut(
  sql: string,
  part: { readonly table: string; readonly column: string },
): WithoutColumn {
  const byHand: number[] = [];
  const shown = new Map<string, readonly string[]>();
  let text = sql;
  // One at a time: what is cut out moves all that is behind it.
  for (;;) {
    const tokens = readSqlTokens(text);
    const frames = readFrames(tokens);
    const use = findColumnUses(tokens, part)[byHand.length];
    if (!use) break;
    const place = findPlace(tokens, frames, use);
    if (place === null) {
      byHand.push(text.slice(0, tokens[use.first]?.from).split("\n").length);
      continue;
    }
    text = applyEdits(text, [cutItem(text, tokens, place)]);
    shown.set(JSON.stringify(place.path), place.path);
  }
  return { text, shown: [...shown.values()], byHand };
}

interface Place {
  /** Consecutive parts of one list, all of which go. */
  readonly item: ListItem;
  readonly isFirst: boolean;
  readonly path: readonly string[];
}

/** Which part of which list shows a column; null: it decides about rows, or nothing would be left. */
function findPlace(
  tokens: readonly SqlToken[],
  frames: readonly SqlFrame[],
  { first, last }: { readonly first: number; readonly last: number },
): Place | null {
  let found: Omit<Place, "path"> | undefined;
  const path: string[] = [];
  let at = first;
  for (let frame = frames[first] ?? null; frame !== null; at = frame.begin - 1, frame = frame.parent) {
    const isObject = frame.call === "json_object";
    const list = isObject ? ([frame.begin, frame.end] as const) : frame.list;
    if (list === null) {
      if (decides({ tokens, frames, frame }, frame.begin, at)) return null;
      continue;
    }
    // A condition, an order, a group.
    if (at < list[0] || at >= list[1]) return null;
    const items = splitList(tokens, frames, { frame, from: list[0], to: list[1] });
    const index = items.findIndex(([begin, end]) => at >= begin && at < end);
    const item = items[index];
    const before = items[index - 1];
    if (item === undefined || decides({ tokens, frames, frame }, item[0], at)) return null;
    if (isObject) {
      const key = tokens[before?.[0] ?? -1];
      if (before === undefined || key?.kind !== "string") return null;
      if (found === undefined && items.length <= 2) return null;
      path.unshift(key.says);
      found ??= { item: [before[0], item[1]], isFirst: index === 1 };
    } else if (frame.parent === null) {
      path.unshift(nameOf(tokens, item, last));
      if (found === undefined && items.length === 1) return null;
      return { ...(found ?? { item, isFirst: index === 0 }), path };
    }
    // Of a query within the list: whatever it is part of, further out.
  }
  return null;
}

/** Whether a token decides about others: within their order, a `case`, or as the condition of an `if`. */
function decides(
  {
    tokens,
    frames,
    frame,
  }: { readonly tokens: readonly SqlToken[]; readonly frames: readonly SqlFrame[]; readonly frame: SqlFrame },
  from: number,
  at: number,
): boolean {
  let cases = 0;
  let isFirst = true;
  for (let index = from; index < at; index += 1) {
    if (frames[index] !== frame) continue;
    if (isWord(tokens[index], "order")) return true;
    if (isWord(tokens[index], "case")) cases += 1;
    if (isWord(tokens[index], "end")) cases -= 1;
    if (isWord(tokens[index], ",")) isFirst = false;
  }
  return cases > 0 || (frame.call === "if" && isFirst);
}

/** What a part of a list is called. */
function nameOf(tokens: readonly SqlToken[], [, end]: ListItem, column: number): string {
  const last = tokens[end - 1];
  return last?.kind === "name" ? last.says : (tokens[column]?.says ?? "");
}

/** Cuts a part of a list with its comma, and with its line where it has one. */
function cutItem(sql: string, tokens: readonly SqlToken[], { item, isFirst }: Place): TextEdit {
  const [begin, end] = item;
  const [head, behind] = [tokens[begin], tokens[end]];
  const before = tokens[begin - 1];
  if (!isFirst && before) return { from: before.from, to: tokens[end - 1]?.to ?? before.to, text: "" };
  const next = tokens[end + 1];
  return { from: head?.from ?? 0, to: next && isWord(behind, ",") ? next.from : sql.length, text: "" };
}
