/** What the comments and the text of SQL files say about the objects in them. */

export interface TableColumn {
  readonly name: string;
  readonly definition: string;
  readonly description: string;
}

export interface TableSource {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly TableColumn[];
}

export interface SignalSource {
  readonly number: string;
  readonly message: string;
}

const comment = (lines: readonly string[]): string =>
  lines
    .map((line) => line.trim().replace(/^-- ?/, ""))
    .join(" ")
    .trim();

/** The header of a file: `purpose: …` by its name; text without a name belongs to the line before. */
export function readHeader(text: string): Readonly<Record<string, string>> {
  const header: Record<string, string> = {};
  let current = "purpose";
  for (const line of text.split("\n")) {
    if (!line.startsWith("--")) break;
    const content = line.replace(/^-- ?/, "");
    const named = /^([a-z]+):\s+(.*)$/.exec(content);
    if (named) current = named[1] ?? current;
    const said = named ? (named[2] ?? "") : content;
    header[current] = header[current] ? `${header[current]} ${said}` : said;
  }
  return header;
}

/** Every `create table` of a migration, with the comments above the table and above each column. */
export function readTables(text: string): readonly TableSource[] {
  const tables: TableSource[] = [];
  let above: string[] = [];
  let columns: TableColumn[] | undefined;
  for (const line of text.split("\n")) {
    const created = /^create table (?:if not exists )?`?(\w+)`? \($/.exec(line);
    const column = /^ {4}`?(\w+)`? (.+?),?$/.exec(line);
    if (line.trim() === "") above = [];
    else if (line.trim().startsWith("--")) above.push(line);
    else if (created) {
      columns = [];
      tables.push({ name: created[1] ?? "", description: comment(above), columns });
      above = [];
    } else {
      if (line.startsWith(")")) columns = undefined;
      const [, name = "", definition = ""] = column ?? [];
      if (columns && column && !isConstraint(name) && !/ invisible$/.test(definition))
        columns.push({ name, definition, description: comment(above) });
      above = [];
    }
  }
  return tables;
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

/** The errors that a routine or trigger signals with a number of its own. */
export function readSignals(text: string): readonly SignalSource[] {
  const statements = text.match(/signal sqlstate[^;]*/gi) ?? [];
  return statements.flatMap((statement) => {
    const number = /mysql_errno\s*=\s*(\d+)/i.exec(statement)?.[1];
    const message = /message_text\s*=\s*('(?:[^']|'')*'|\w+)/i.exec(statement)?.[1] ?? "";
    const said = message.startsWith("'") ? message.slice(1, -1).replaceAll("''", "'") : "";
    return number === undefined ? [] : [{ number, message: said }];
  });
}
