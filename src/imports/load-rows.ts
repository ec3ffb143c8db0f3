import { noteLines } from "../core/import-rejects.ts";
import type { ImportFile, ImportLoad } from "../models/import-definition.ts";
import { type MariaDbConnection, quoteName, type Row } from "../stores/mariadb/mariadb.ts";
import type { TableChange } from "./import-files.ts";

/** What is loaded, out of which file. */
export interface LoadedFile {
  readonly domain: string;
  readonly load: ImportLoad;
  readonly file: ImportFile;
}

/** The temporary table that has the keys which a load's file names, refused lines included; a null where a line may be of any row. */
export const namedTableOf = ({ table }: ImportLoad): string => `named_${table}`;

/** The condition that rows of `a` and `b` have one key. */
export const sameKey = (a: string, b: string, key: readonly string[]): string =>
  key.map((column) => `${a}.${quoteName(column)} = ${b}.${quoteName(column)}`).join(" and ");

/** Parts of a load's statements: `c` are the rows that were read, `s` their lines, `t` the rows of the table. */
interface Parts {
  readonly clean: string;
  readonly staging: string;
  readonly table: string;
  readonly key: readonly string[];
  /** Lines that are not refused so far. */
  readonly goodLines: string;
}

/**
 * Brings the rows of `clean_<table>` into the table: see ImportLoad. `beforeWriting` is told how many rows differ or lack. Makes
 * the table of `namedTableOf`.
 */
export async function loadRows(
  connection: MariaDbConnection,
  loaded: LoadedFile,
  beforeWriting: (table: string, rows: number) => Promise<void>,
): Promise<TableChange> {
  const { load, file } = loaded;
  const [clean, staging, table] = [`clean_${load.table}`, file.staging, load.table].map(quoteName) as [
    string,
    string,
    string,
  ];
  // Staged lines first: only what was read has an index by line.
  const goodLines = `${staging} u straight_join ${clean} c on u.fault is null and c.\`row_number\` = u.\`row_number\``;
  const parts = { clean, staging, table, key: load.key, goodLines };
  const keys = load.key.map(quoteName).join(", ");
  await connection.run(
    `create or replace temporary table ${quoteName(namedTableOf(load))} (index (${keys})) engine = Aria transactional = 0
    as select distinct ${keys} from ${clean}`,
  );
  await refuseRepeated(connection, loaded, parts);
  for (const column of load.unique ?? []) await refuseTaken(connection, loaded, parts, column);
  await connection.run(
    `delete c from ${staging} s straight_join ${clean} c on c.\`row_number\` = s.\`row_number\` where s.fault is not null`,
  );
  await passOverOlder(connection, loaded, parts);
  const change = await writeRows(connection, parts, (rows) => beforeWriting(load.table, rows));
  await connection.run(`drop temporary table ${clean}`);
  return { table: load.table, ...change, deleted: 0 };
}

/** The name that a column of the table has in the file. */
const nameInFile = ({ file }: LoadedFile, column: string): string =>
  Object.entries(file.columns).find(([, target]) => target === column)?.[0] ?? column;

/** Of lines with one key the newest, then the first, is the row; whatever order they stand in. */
async function refuseRepeated(
  connection: MariaDbConnection,
  loaded: LoadedFile,
  { staging, key, goodLines }: Parts,
): Promise<void> {
  const { version } = loaded.load;
  const newest = version === undefined ? "" : `c.${quoteName(version)} desc, `;
  const keys = key.map((column) => `c.${quoteName(column)}`).join(", ");
  await connection.run(
    `update ${staging} s
    straight_join (
      select c.\`row_number\`,
        first_value(c.\`row_number\`) over (partition by ${keys} order by ${newest}c.\`row_number\`) as chosen
      from ${goodLines}
    ) d on d.\`row_number\` = s.\`row_number\`
    set s.fault = concat(?, d.chosen) where d.chosen <> d.\`row_number\``,
    [`${nameInFile(loaded, key[0] ?? "")}: is given again, and was read from line `],
  );
}

/** A value that must be of one row alone is that of the row that has it, else of the least key in the file. */
async function refuseTaken(
  connection: MariaDbConnection,
  loaded: LoadedFile,
  { staging, table, key, goodLines }: Parts,
  column: string,
): Promise<void> {
  const value = quoteName(column);
  const keys = key.map((one) => `c.${quoteName(one)}`).join(", ");
  await connection.run(
    `update ${staging} s
    straight_join (
      select c.\`row_number\`,
        if(t.${value} is null, row_number() over (partition by c.${value} order by ${keys}) > 1,
          not (${sameKey("t", "c", key)})) as is_taken
      from ${goodLines} left join ${table} t on t.${value} = c.${value} where c.${value} is not null
    ) d on d.\`row_number\` = s.\`row_number\`
    set s.fault = ? where d.is_taken`,
    [`${nameInFile(loaded, column)}: another row has it`],
  );
}

/** Files may come late: what is older than the row that is there changes nothing. */
async function passOverOlder(
  connection: MariaDbConnection,
  { domain, load, file }: LoadedFile,
  { clean, table, key }: Parts,
): Promise<void> {
  if (load.version === undefined) return;
  const version = quoteName(load.version);
  const older = `from ${clean} c straight_join ${table} t on ${sameKey("t", "c", key)} where c.${version} < t.${version}`;
  const warning = { domain, file: file.file, column: load.version };
  await noteLines(
    connection,
    { ...warning, reason: "is older than the row that is there, which stays" },
    older,
  );
  await connection.run(`delete c ${older}`);
}

/** Rows that do not differ are not written: they would be versions of their own. */
async function writeRows(
  connection: MariaDbConnection,
  { clean, table, key }: Parts,
  beforeWriting: (rows: number) => Promise<void>,
): Promise<{ readonly inserted: number; readonly updated: number }> {
  const columns = (await connection.query<{ Field: string }>(`show columns from ${clean}`))
    .map(({ Field }) => Field)
    .filter((column) => column !== "row_number");
  const values = columns.filter((column) => !key.includes(column)).map(quoteName);
  const joined = `${clean} c straight_join ${table} t on ${sameKey("t", "c", key)}`;
  const same = values.map((column) => `t.${column} <=> c.${column}`).join(" and ") || "true";
  await connection.run(`delete c from ${joined} where ${same}`);

  const isThere = `exists (select 1 from ${table} t where ${sameKey("t", "c", key)})`;
  const count = async (where: string) => {
    const [row] = await connection.query<Row>(`select count(*) as n from ${clean} c where ${where}`);
    return Number(row?.n);
  };
  const [updated, inserted] = [await count(isThere), await count(`not ${isThere}`)];
  await beforeWriting(updated + inserted);
  if (updated > 0)
    await connection.run(
      `update ${joined} set ${values.map((column) => `t.${column} = c.${column}`).join(", ")}`,
    );
  const names = columns.map(quoteName);
  if (inserted > 0)
    await connection.run(
      `insert into ${table} (${names.join(", ")}) select ${names.map((column) => `c.${column}`).join(", ")}
      from ${clean} c where not ${isThere} order by ${key.map((column) => `c.${quoteName(column)}`).join(", ")}`,
    );
  return { inserted, updated };
}
