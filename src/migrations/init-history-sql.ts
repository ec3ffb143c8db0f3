import { quoteName } from "../stores/mariadb/mariadb.ts";
import type { SourceTable } from "./init-tables.ts";

/** The names that the server gives to the begin and the end of a version. */
const reserved = new Set(["row_start", "row_end"]);

/** The files by which tables keep their past, and by which they stop. */
export interface HistorySql {
  readonly begin: string;
  readonly undo: string;
}

const heading = (database: string): string => `\
-- Opt-in: from here on these tables keep the rows of before, so that asOf and the histories of documents can show them.
-- Take out the tables whose past nobody asks for: a model has a past when all tables that it reads have one.
-- As an account that may alter them: mariadb < history.sql
-- What it costs:
--   once: each statement makes its table anew, which takes its room on disk again and seconds per million rows; whoever
--     writes to it waits meanwhile. Keys, columns and what \`select *\` shows stay as they are.
--   from then on: an update writes a row more, a delete keeps the row, so tables grow by what is changed. Nothing is
--     dropped by itself: \`delete history from t before system_time '2026-01-01'\` does it.
--   \`truncate table\` is refused (error 4137). So is \`alter table\` of columns, unless it begins with
--     \`set statement system_versioning_alter_history = keep for\`.
--   mariadb-dump writes the present alone, unless it is given --dump-history.
-- The past begins now: an earlier moment is refused by the name of the table (BEFORE_HISTORY).
-- How it is taken back: mariadb < history-undo.sql. Rows stay as they are, their past is gone.

use ${quoteName(database)};
`;

const undoHeading = (database: string): string => `\
-- Takes back what history.sql did: the rows of now stay, all earlier ones are gone for good. Each statement makes its
-- table anew, while whoever writes to it waits. Take out what history.sql did not give a history.

use ${quoteName(database)};
`;

/** @param tables those that are followed and are meant to have a past */
export function printHistorySql(
  database: string,
  tables: readonly Pick<SourceTable, "name" | "hasHistory" | "columns">[],
): HistorySql {
  const why = ({ hasHistory, columns }: (typeof tables)[number]): string | undefined => {
    if (hasHistory) return "it keeps its history already";
    const taken = columns.find((column) => reserved.has(column.toLowerCase()));
    return taken && `its column ${taken} has a name that the server needs for this`;
  };
  const begin = tables.map((table) => {
    const reason = why(table);
    const name = quoteName(table.name);
    return reason === undefined
      ? `alter table ${name} add system versioning;`
      : `-- ${name} is left out: ${reason}.`;
  });
  const undo = tables
    .filter((table) => why(table) === undefined)
    .map(({ name }) => `alter table ${quoteName(name)} drop system versioning;`);
  return {
    begin: `${heading(database)}\n${begin.join("\n")}\n`,
    undo: `${undoHeading(database)}\n${undo.join("\n")}\n`,
  };
}
