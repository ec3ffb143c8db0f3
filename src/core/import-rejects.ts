import type { ImportFile } from "../models/import-definition.ts";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";

/** Remarks of one kind on one file. */
export interface ImportRemark {
  readonly severity: "reject" | "correction" | "warning";
  readonly file: string;
  readonly column: string | null;
  readonly reason: string;
  readonly count: number;
  /** Line of the file, the header being line 1. */
  readonly firstRow: number;
  readonly firstValue: string | null;
}

/** The files of one import of a domain: no other import of the domain has one of them. */
export interface ImportedFiles {
  readonly domain: string;
  readonly files: readonly Pick<ImportFile, "file">[];
}

/** Forgets what the import before remarked on these files. */
export async function clearRemarks(connection: Queryable, imported: ImportedFiles): Promise<void> {
  await connection.run(`delete from vitrine_import_reject where ${ofFiles(imported)}`, valuesOf(imported));
}

const ofFiles = ({ files }: ImportedFiles): string =>
  `domain = ? and file in (${files.map(() => "?").join(", ")})`;
const valuesOf = ({ domain, files }: ImportedFiles): readonly string[] => [
  domain,
  ...files.map(({ file }) => file),
];

/**
 * Lists the lines of a staging table that were not loaded. `fault` is `column: reason`, the column by its
 * name in the file; without a colon it is about the line, and the value is the line's text. No value of a confidential file.
 */
export async function noteFaults(connection: Queryable, domain: string, file: ImportFile): Promise<void> {
  const names = Object.keys(file.columns);
  const values = Object.values(file.columns).map(quoteName);
  const value = file.confidential
    ? "null"
    : `if(locate(': ', fault) > 0, elt(field(substring_index(fault, ': ', 1), ${names.map(() => "?").join(", ")}), ${values.join(", ")}), rest)`;
  await connection.run(
    `insert into vitrine_import_reject (domain, file, \`row\`, \`column\`, value, reason)
    select ?, ?, \`row_number\`,
      if(locate(': ', fault) > 0, substring_index(fault, ': ', 1), null),
      ${value},
      if(locate(': ', fault) > 0, substring(fault, locate(': ', fault) + 2), fault)
    from ${quoteName(file.staging)} where fault is not null`,
    [domain, file.file, ...(file.confidential ? [] : names)],
  );
}

/** Warns of a file whose last line has no line end: it may have been cut there. */
export async function noteUnfinished(
  connection: Queryable,
  domain: string,
  file: { readonly file: string; readonly lastLine: number },
): Promise<void> {
  await connection.run(
    "insert into vitrine_import_reject (domain, severity, file, `row`, reason) values (?, 'warning', ?, ?, ?)",
    [domain, file.file, file.lastLine, "the last line has no line end: the file may be cut here"],
  );
}

/** Warns of the lines of a file that `from` gives: of a table with their `row_number`, called c. */
export async function noteLines(
  connection: Queryable,
  warning: {
    readonly domain: string;
    readonly file: string;
    readonly column: string;
    readonly reason: string;
  },
  from: string,
): Promise<void> {
  await connection.run(
    `insert into vitrine_import_reject (domain, severity, file, \`row\`, \`column\`, reason)
    select ?, 'warning', ?, c.\`row_number\`, ?, ? ${from}`,
    [warning.domain, warning.file, warning.column, warning.reason],
  );
}

/** Warns of a file as a whole, at its first line. */
export async function noteFile(
  connection: Queryable,
  { domain, file, reason }: { readonly domain: string; readonly file: string; readonly reason: string },
): Promise<void> {
  await connection.run(
    "insert into vitrine_import_reject (domain, severity, file, `row`, reason) values (?, 'warning', ?, 1, ?)",
    [domain, file, reason],
  );
}

/** The remarks of the latest import of these files, by severity, file and reason. */
export async function readRemarks(
  connection: Queryable,
  imported: ImportedFiles,
): Promise<readonly ImportRemark[]> {
  const rows = await connection.query<ImportRemark & { count: string | number; firstRow: string | number }>(
    `select severity, file, \`column\`, reason, count(*) as count, min(\`row\`) as firstRow,
      substring_index(group_concat(value order by \`row\` separator '\\n'), '\\n', 1) as firstValue
    from vitrine_import_reject where ${ofFiles(imported)} group by severity, file, \`column\`, reason
    order by severity, file, count(*) desc, reason`,
    valuesOf(imported),
  );
  return rows.map((row) => ({ ...row, count: Number(row.count), firstRow: Number(row.firstRow) }));
}
