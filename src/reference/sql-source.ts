/** What the comments and the text of SQL files say about the objects in them. */

export interface TableColumn {
  readonly name: string;
  readonly definition: string;
  readonly description: string;
}

export interface TableIndex {
  /** `primary` for the primary key. */
  readonly name: string;
  readonly columns: string;
  readonly unique: boolean;
  /** What it is for. */
  readonly description: string;
}

export interface TableSource {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly TableColumn[];
  readonly indexes: readonly TableIndex[];
}

export interface SignalSource {
  readonly number: string;
  /** Its texts in this file, `…` for what varies; none when something that is called raises it. */
  readonly messages: readonly string[];
}

const comment = (lines: readonly string[]): string =>
  lines
    .map((line) => line.trim().replace(/^-- ?/, ""))
    .join(" ")
    .trim();

/**
 * The header of a file: `purpose: …` by its name. Text without a name belongs to the line before; where it begins with
 * a capital, that line was the end of a sentence.
 */
export function readHeader(text: string): Readonly<Record<string, string>> {
  const header: Record<string, string> = {};
  let current = "purpose";
  for (const line of text.split("\n")) {
    if (!line.startsWith("--")) break;
    const content = line.replace(/^-- ?/, "");
    const named = /^([a-z]+):\s+(.*)$/.exec(content);
    if (named) current = named[1] ?? current;
    const said = named ? (named[2] ?? "") : content;
    const before = header[current] ?? "";
    const end = before !== "" && /^[A-Z]/.test(said) && !/[.:;,]$/.test(before) ? "." : "";
    header[current] = before === "" ? said : `${before}${end} ${said}`;
  }
  return header;
}

/** The tables of migrations, in their order, with the comments above each table, column and index. */
export function readTables(texts: readonly string[]): readonly TableSource[] {
  let tables: { name: string; description: string; columns: TableColumn[]; indexes: TableIndex[] }[] = [];
  for (const text of texts) {
    let above: string[] = [];
    let open: (typeof tables)[number] | undefined;
    for (const line of joinIndexes(text).split("\n")) {
      if (line.trim() === "") above = [];
      else if (line.trim().startsWith("--")) above.push(line);
      else {
        const description = comment(above);
        above = [];
        const created = /^create table (?:if not exists )?`?(\w+)`? \($/.exec(line);
        const dropped = /^ *drop table `?(\w+)`?;$/.exec(line)?.[1];
        if (dropped !== undefined) tables = tables.filter(({ name }) => name !== dropped);
        const added = (addedIndex.exec(line) ?? addedKey.exec(line))?.groups;
        if (added) {
          const table = tables.find(({ name }) => name === added.table);
          table?.indexes.push(toIndex(added, description));
        } else if (created) tables.push({ name: created[1] ?? "", description, columns: [], indexes: [] });
        const opened = created ?? /^alter table `?(\w+)`?$/.exec(line);
        if (opened) open = tables.find(({ name }) => name === opened[1]);
        else if (line.startsWith(")")) open = undefined;
        else if (open) readPart(line, description, open);
        if (line.endsWith(";")) open = undefined;
      }
    }
  }
  return tables;
}

/** An index whose columns stand on a line of their own, on one line. */
const joinIndexes = (text: string): string => text.replace(/^( {4}(?:unique )?key \S+)\n {8}(?=\()/gm, "$1 ");

const addedIndex =
  /^create (?<unique>unique )?index (?:if not exists )?`?(?<name>\w+)`? on `?(?<table>\w+)`? \((?<columns>.+)\);$/;
const addedKey = /^alter table `?(?<table>\w+)`? add primary key (?:if not exists )?\((?<columns>[^)]+)\);$/;
const innerIndex = /^ {4}(?<unique>unique )?key `?(?<name>\w+)`? \((?<columns>[^)]+)\),?$/;
const droppedColumn = /^ {4}drop column (?:if exists )?`?(\w+)`?[,;]$/;
const primaryKey = /^ {4}primary key \((?<columns>[^)]+)\),?$/;

const toIndex = (groups: Readonly<Record<string, string | undefined>>, description: string): TableIndex => ({
  name: groups.name ?? "primary",
  columns: (groups.columns ?? "").replaceAll("`", ""),
  unique: groups.name === undefined || groups.unique !== undefined,
  description: description.replace(/^for: /, ""),
});

/** A line within the brackets of a table, or of a statement that adds or drops columns: a column, an index, or something else. */
function readPart(
  line: string,
  description: string,
  table: { columns: TableColumn[]; indexes: TableIndex[] } | undefined,
): void {
  const dropped = droppedColumn.exec(line)?.[1];
  if (dropped !== undefined && table) {
    table.columns = table.columns.filter(({ name }) => name !== dropped);
    return;
  }
  const before = /^ {8}after `?(\w+)`?[,;]?$/.exec(line)?.[1];
  if (before !== undefined && table) {
    const added = table.columns.pop();
    const at = table.columns.findIndex(({ name }) => name === before) + 1;
    if (added) table.columns.splice(at, 0, added);
    return;
  }
  const index = (innerIndex.exec(line) ?? primaryKey.exec(line))?.groups;
  if (index) return void table?.indexes.push(toIndex(index, description));
  const [, name = "", definition = ""] =
    /^ {4}(?:add column (?:if not exists )?|modify column )?`?(\w+)`? (.+?)[,;]?$/.exec(line) ?? [];
  const there = table?.columns.findIndex((column) => column.name === name) ?? -1;
  const column = table?.columns[there];
  if (table && column) table.columns[there] = { ...column, definition };
  else if (name !== "" && !isConstraint(name) && !/ invisible$/.test(definition))
    table?.columns.push({ name, definition, description });
}

const isConstraint = (word: string): boolean =>
  ["primary", "unique", "key", "constraint", "period", "index", "check"].includes(word);

/** `(in_order int, …)` of a routine on one line; empty when there are no parameters. */
export function readParameters(text: string): string {
  const start = /create or replace (?:procedure|function) `?\w+`?\s*\(/.exec(text);
  if (!start) return "";
  let depth = 1;
  let end = start.index + start[0].length;
  const begin = end;
  for (; end < text.length && depth > 0; end += 1)
    depth += text[end] === "(" ? 1 : text[end] === ")" ? -1 : 0;
  return text
    .slice(begin, end - 1)
    .replace(/--[^\n]*/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * The errors that a routine or trigger may end with: those of its header (`signals: 30001, …`), which names those of
 * what it calls too, each with its message where this text has one: `mysql_errno = N, message_text = …`, or `call
 * x(N, …)` of a routine that signals.
 */
export function readSignals(text: string): readonly SignalSource[] {
  const raised = /(?:mysql_errno\s*=\s*(\d+)\s*,\s*message_text\s*=|\bcall\s+\w+\(\s*(\d+)\s*,)\s*([^;]*)/gi;
  const messages = new Map<string, string[]>(
    (readHeader(text).signals ?? "").match(/\d+/g)?.map((number) => [number, []]),
  );
  for (const [, ofSignal, ofCall, expression = ""] of text.matchAll(raised)) {
    if (ofSignal !== undefined && !messages.has(ofSignal)) messages.set(ofSignal, []);
    messages.get(ofSignal ?? ofCall ?? "")?.push(readMessage(text, firstOperand(expression)));
  }
  return [...messages].map(([number, all]) => ({ number, messages: [...new Set(all)] }));
}

/** What is before the first comma that stands in no text and no brackets. */
function firstOperand(expression: string): string {
  let depth = 0;
  let first = "";
  for (const [token] of expression.matchAll(/'(?:[^']|'')*'|[^']/g)) {
    if (token === "," && depth === 0) break;
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (depth < 0) break;
    first += token;
  }
  return first;
}

/** A text or `concat` of texts, with `…` for each part that is none; a variable is what it is set to. */
function readMessage(text: string, expression: string): string {
  const variable = /^\w+$/.exec(expression.trim())?.[0];
  const said =
    variable === undefined
      ? expression
      : (new RegExp(`\\bset\\s+${variable}\\s*=\\s*([^;]*)`, "i").exec(text)?.[1] ?? "");
  return [...said.matchAll(/'((?:[^']|'')*)'|(\bconcat\b)|\w+/gi)]
    .flatMap(([, literal, call]) =>
      literal !== undefined ? [literal.replaceAll("''", "'")] : call === undefined ? ["…"] : [],
    )
    .join("");
}
