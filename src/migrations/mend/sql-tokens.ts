import { quoteName } from "../../stores/mariadb/mariadb.ts";

/** A piece of a text of SQL that means something: no blank and no comment. */
export interface SqlToken {
  /** What it says: of a name without its quotes, of a word in lower case. */
  readonly says: string;
  readonly kind: "name" | "string" | "mark";
  /** Whether a name is quoted, so that it is no word of the language. */
  readonly isQuoted: boolean;
  readonly from: number;
  readonly to: number;
}

const pieces =
  /\s+|--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|(?<string>'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*")|`(?<quoted>(?:[^`]|``)*)`|(?<word>[\p{L}\p{N}_$]+)|(?<mark>[\s\S])/gu;

/** Reads a text of SQL, as far as names, strings and marks tell. */
export function readSqlTokens(sql: string): readonly SqlToken[] {
  return [...sql.matchAll(pieces)].flatMap(({ 0: text, index, groups = {} }): readonly SqlToken[] => {
    const place = { from: index, to: index + text.length };
    const { string, quoted, word, mark } = groups;
    if (string !== undefined)
      return [{ says: string.slice(1, -1), kind: "string", isQuoted: false, ...place }];
    if (quoted !== undefined)
      return [{ says: quoted.replaceAll("``", "`"), kind: "name", isQuoted: true, ...place }];
    if (word !== undefined) return [{ says: word, kind: "name", isQuoted: false, ...place }];
    return mark === undefined ? [] : [{ says: mark, kind: "mark", isQuoted: false, ...place }];
  });
}

/** Whether a piece is this word of the language, or this mark. */
export const isWord = (token: SqlToken | undefined, ...words: readonly string[]): boolean =>
  token !== undefined &&
  !token.isQuoted &&
  token.kind !== "string" &&
  words.includes(token.says.toLowerCase());

const isName = (token: SqlToken | undefined, name: string): token is SqlToken =>
  token?.kind === "name" && token.says.toLowerCase() === name.toLowerCase();

/** What may stand behind a table's name and is not what the table is called. */
const behindTables = [
  ...["left", "right", "inner", "cross", "natural", "straight_join", "join", "on", "using", "where", "group"],
  ...[
    "order",
    "having",
    "limit",
    "union",
    "except",
    "intersect",
    "window",
    "for",
    "partition",
    "use",
    "force",
  ],
  ...["ignore", "set", "procedure", "into", "lock"],
];

/** Where a table stands in a text, and what it is called from there on. */
export interface TableUse {
  readonly at: number;
  /** Whether it has another name there. */
  readonly isRenamed: boolean;
  readonly called: string;
}

/** What ends the list of a query's tables. */
const clauses = [
  ...["select", "where", "group", "order", "having", "limit", "union", "except", "intersect", "window"],
  ...["set", "procedure", "into", "lock"],
];

/** For each token whether a table is named there: behind `from`, a join, or a comma or parenthesis of the tables' list. */
function findTablePlaces(tokens: readonly SqlToken[]): readonly boolean[] {
  const outer: (typeof frame)[] = [];
  // `from` in parentheses without a `select` is an argument's: `extract(year from …)`.
  let frame = { part: "other" as "tables" | "on" | "other", isQuery: true };
  return tokens.map((token, at) => {
    const isPlace =
      frame.part === "tables" && isWord(tokens[at - 1], "from", "join", "straight_join", ",", "(");
    if (isWord(token, "(")) {
      outer.push(frame);
      frame = { part: isPlace ? "tables" : "other", isQuery: false };
    } else if (isWord(token, ")")) frame = outer.pop() ?? frame;
    else if (isWord(token, "from") && frame.isQuery) frame.part = "tables";
    else if (isWord(token, "on", "using") && frame.part === "tables") frame.part = "on";
    else if (isWord(token, "join", "straight_join", ",") && frame.part === "on") frame.part = "tables";
    else if (isWord(token, ...clauses)) {
      frame.part = "other";
      frame.isQuery ||= isWord(token, "select");
    }
    return isPlace;
  });
}

/** The places where a text reads a table, as numbers of its tokens. */
export function findTableUses(tokens: readonly SqlToken[], table: string): readonly TableUse[] {
  const places = findTablePlaces(tokens);
  return tokens.flatMap((token, at) => {
    const [before, after] = [tokens[at - 1], tokens[at + 1]];
    if (!isName(token, table) || isWord(after, ".")) return [];
    if (!places[isWord(before, ".") ? at - 2 : at]) return [];
    const alias = isWord(after, "as") ? tokens[at + 2] : after;
    const isRenamed = alias?.kind === "name" && (alias.isQuoted || !isWord(alias, ...behindTables));
    return [{ at, isRenamed, called: isRenamed ? alias.says : token.says }];
  });
}

/** A column of a table in a text: `table.column`. */
export interface ColumnUse {
  /** Numbers of the first token and of the column's own. */
  readonly first: number;
  readonly last: number;
}

/** The places where a text names a column with the table that it is of. */
export function findColumnUses(
  tokens: readonly SqlToken[],
  { table, column }: { readonly table: string; readonly column: string },
): readonly ColumnUse[] {
  const called = [table, ...findTableUses(tokens, table).map((use) => use.called)];
  return tokens.flatMap((token, last) => {
    const owner = tokens[last - 2];
    const isOne =
      isName(token, column) &&
      isWord(tokens[last - 1], ".") &&
      called.some((name) => isName(owner, name)) &&
      !isWord(tokens[last + 1], ".", "(");
    if (!isOne) return [];
    const hasDatabase = isWord(tokens[last - 3], ".") && tokens[last - 4]?.kind === "name";
    return [{ first: hasDatabase ? last - 4 : last - 2, last }];
  });
}

/** A change of a text: what stands from here to there becomes another. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Makes the changes, none of which lies in another. */
export const applyEdits = (text: string, edits: readonly TextEdit[]): string =>
  [...edits]
    .sort((one, other) => other.from - one.from)
    .reduce((left, edit) => left.slice(0, edit.from) + edit.text + left.slice(edit.to), text);

/** A name as it stands after a dot or behind `as`, quoted where a word of the language could be meant. */
export const printName = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteName(name));
