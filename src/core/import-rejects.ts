import type { ImportFile } from "../models/project.ts";
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

/** Forgets the remarks of a domain's import before. */
export async function clearRemarks(connection: Queryable, domain: string): Promise<void> {
  await connection.run("delete from vitrine_import_reject where domain = ?", [domain]);
}

/**
 * Lists the lines of a staging table that were not loaded. `fault` is `column: reason`, the column by its
 * name in the file; without a colon it is about the line, and the value is the line's text.
 */
export async function noteFaults(connection: Queryable, domain: string, file: ImportFile): Promise<void> {
  const names = Object.keys(file.columns);
  const values = Object.values(file.columns).map(quoteName);
  await connection.run(
    `insert into vitrine_import_reject (domain, file, \`row\`, \`column\`, value, reason)
    select ?, ?, \`row_number\`,
      if(locate(': ', fault) > 0, substring_index(fault, ': ', 1), null),
      if(locate(': ', fault) > 0, elt(field(substring_index(fault, ': ', 1), ${names.map(() => "?").join(", ")}), ${values.join(", ")}), rest),
      if(locate(': ', fault) > 0, substring(fault, locate(': ', fault) + 2), fault)
    from ${quoteName(file.staging)} where fault is not null`,
    [domain, file.file, ...names],
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

/** The remarks of a domain's latest import, by severity, file and reason. */
export async function readRemarks(connection: Queryable, domain: string): Promise<readonly ImportRemark[]> {
  const rows = await connection.query<ImportRemark & { count: string | number; firstRow: string | number }>(
    `select severity, file, \`column\`, reason, count(*) as count, min(\`row\`) as firstRow,
      substring_index(group_concat(value order by \`row\` separator '\\n'), '\\n', 1) as firstValue
    from vitrine_import_reject where domain = ? group by severity, file, \`column\`, reason
    order by severity, file, count(*) desc, reason`,
    [domain],
  );
  return rows.map((row) => ({ ...row, count: Number(row.count), firstRow: Number(row.firstRow) }));
}
