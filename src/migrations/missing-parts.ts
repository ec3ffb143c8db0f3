import { type MariaDb, type MariaDbConnection, quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

/** A table that views of models read, or a column of one, that is not there any more: its owner dropped or renamed it. */
export interface MissingPart {
  readonly table: string;
  /** Null: the whole table. */
  readonly column: string | null;
  /** Those that read it, by name. */
  readonly models: readonly string[];
}

const UNKNOWN_COLUMN = 1054;
const NO_SUCH_TABLE = 1146;
/** A view names more columns than this only if its author means to. */
const mostColumns = 200;

/**
 * Looks for what the views of these models name and the database has not, through views beneath them. (What changes touch of a
 * model is told by columns that its view reads too.) Whoever may read the views may ask; reads no row.
 */
export async function findMissingParts(
  db: MariaDb,
  models: readonly string[],
): Promise<readonly MissingPart[]> {
  return db.withConnection(async (connection) => {
    const texts = await readTexts(connection);
    const found = new Map<string, MissingPart & { readonly models: string[] }>();
    for (const model of models)
      for (const [table, column] of await findMissingOf(connection, model, { texts, own: db.database })) {
        const key = JSON.stringify([table, column]);
        const part = found.get(key) ?? { table, column, models: [] };
        found.set(key, part);
        if (!part.models.includes(model)) part.models.push(model);
      }
    await connection.run("set @vitrine_text = null");
    return [...found.values()];
  });
}

/** A sentence that names what is missing, who reads it, and the remedy. */
export function describeMissing({ table, column, models }: MissingPart): string {
  const what = column === null ? `Table ${table} is gone` : `Table ${table} has no column ${column} any more`;
  return `${what}, and ${models.join(", ")} ${models.length === 1 ? "reads" : "read"} it: its owner dropped or renamed it. Run \`vitrine mend\`.`;
}

type Missing = readonly [table: string, column: string | null];

/** What the server says of views, by name. */
async function readTexts(db: MariaDbConnection): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ name: string; text: string }>(
    "select table_name as name, view_definition as text from information_schema.views where table_schema = database()",
  );
  return new Map(rows.map(({ name, text }) => [name, text]));
}

/** What a view and the views that it reads name in vain; nothing of one that is whole, or that is no view. */
async function findMissingOf(
  db: MariaDbConnection,
  view: string,
  { texts, own }: { readonly texts: ReadonlyMap<string, string>; readonly own: string },
): Promise<readonly Missing[]> {
  const missing: Missing[] = [];
  const queue = [view];
  const seen = new Set(queue);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const text = texts.get(name);
    // Most views are whole: they are asked for once, and not looked into.
    if (text === undefined || (await resolve(db, `select * from ${quoteName(name)}`)) === null) continue;
    missing.push(...(await findInText(db, text, own)));
    for (const [inner] of listTables(text, own))
      if (!seen.has(inner)) {
        seen.add(inner);
        queue.push(inner);
      }
  }
  return missing;
}

/** The columns and tables that one text names in vain: the server tells one at a time. */
async function findInText(db: MariaDbConnection, text: string, own: string): Promise<readonly Missing[]> {
  const missing: Missing[] = [];
  const tables = listTables(text, own);
  let left = text;
  for (let count = 0; count < mostColumns; count += 1) {
    const error = await resolve(db, left);
    if (error?.errno === NO_SUCH_TABLE) {
      const gone = tables.map(([table]) => table).find((table) => error.message.includes(`.${table}'`));
      return gone === undefined ? missing : [...missing, [gone, null]];
    }
    if (error?.errno !== UNKNOWN_COLUMN) break;
    const named = listColumns(left).find(({ plain }) =>
      error.message.startsWith(`Unknown column '${plain}'`),
    );
    if (!named) break;
    for (const [table, alias] of tables) if (alias === named.alias) missing.push([table, named.column]);
    left = left.replaceAll(named.quoted, "null");
  }
  return missing;
}

/** Lets the server resolve the names of a statement without running it. @returns what it refuses, or null */
async function resolve(
  db: MariaDbConnection,
  sql: string,
): Promise<{ readonly errno: number; readonly message: string } | null> {
  await db.run("set @vitrine_text = ?", [sql]);
  try {
    await db.run("prepare vitrine_text from @vitrine_text");
    await db.run("deallocate prepare vitrine_text");
    return null;
  } catch (error) {
    const fault = sqlErrorOf(error);
    if (fault === undefined || fault.errno === 0) throw error;
    return fault;
  }
}

const quoted = "`((?:[^`]|``)+)`";
const plain = (name: string): string => name.replaceAll("``", "`");

/** The tables and views that a text of the server's names, each with what it is called there. */
const listTables = (text: string, own: string): readonly (readonly [table: string, alias: string])[] =>
  [...text.matchAll(new RegExp(`${quoted}\\.${quoted}(?!\\.)(?: ${quoted})?`, "g"))].flatMap(
    ([, database = "", table = "", alias]) =>
      plain(database) === own ? [[plain(table), plain(alias ?? table)] as const] : [],
  );

interface NamedColumn {
  /** As it stands in the text. */
  readonly quoted: string;
  /** As the server's message says it. */
  readonly plain: string;
  readonly alias: string;
  readonly column: string;
}

/** The columns that a text of the server's names. */
const listColumns = (text: string): readonly NamedColumn[] =>
  [...text.matchAll(new RegExp(`(?:${quoted}\\.)?${quoted}\\.${quoted}`, "g"))].map(
    ([all, database, alias = "", column = ""]) => ({
      quoted: all,
      plain: [...(database === undefined ? [] : [database]), alias, column].map(plain).join("."),
      alias: plain(alias),
      column: plain(column),
    }),
  );
