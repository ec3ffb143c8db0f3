import type { Mutant } from "../mutant.ts";

const travel = { file: "src/stores/history/time-travel.ts" };

/** What loses, doubles or misplaces rows of the past. */
export const historyMutants: readonly Mutant[] = [
  {
    ...travel,
    trap: "A row of a transaction that is not on record is there beside the version that stands.",
    find: "hasKnownRival(table, position)}`);",
    replace: '"false"}`);',
    test: "integration/history/failed-statements.test.ts",
    named: "is there once at any moment",
  },
  {
    ...travel,
    trap: "A row that a transaction under way has changed is missing until it is committed.",
    find: "commitOf(to)} >",
    replace: "0} >",
    test: "integration/history/as-of.test.ts",
    named: "lose no row",
  },
  {
    ...travel,
    trap: "Part of a transaction is seen before its commit.",
    find: "commitOf(from)} <=",
    replace: "0} <=",
    test: "integration/history/as-of.test.ts",
    named: "whole or not at all",
  },
  {
    ...travel,
    trap: "A moment that is not over yet is answered.",
    find: "if (age < SETTLED_AFTER_MS) {",
    replace: "if (age < 0) {",
    test: "integration/history/as-of.test.ts",
    named: "not a second old",
  },
  {
    ...travel,
    trap: "A moment within the first load is answered with nothing.",
    find: "commitOf(start)} <=",
    replace: "0} <=",
    test: "integration/history/first-load.test.ts",
    named: "before history",
  },
  {
    ...travel,
    trap: "The first moment that is named lies before the first commit.",
    find: " + interval 999 microsecond",
    replace: "",
    test: "integration/history/history-start.test.ts",
    named: "are found out",
  },
  {
    trap: "A column that keeps no history is shown as it is now.",
    file: "src/stores/history/schema-texts.ts",
    find: "const lost = table.unversioned.find((column) => texts.named.has(column));",
    replace: "const lost = undefined;",
    test: "integration/history/refusals.test.ts",
    named: "of_half",
  },
  {
    trap: "A history goes on in the database when nobody waits for it.",
    file: "src/stores/mariadb/live-store.ts",
    find: "return read((connection) => readHistory(",
    replace: "return reader.withConnection((connection) => readHistory(",
    test: "integration/history/versions.test.ts",
    named: "nobody waits for them",
  },
  {
    trap: "A history looks at every change of columns that no view names.",
    file: "src/stores/history/document-history.ts",
    find: "if (balance !== 0 && commit",
    replace: "if (commit",
    test: "integration/history/versions.test.ts",
    named: "cost no look",
  },
  {
    trap: "An import is missing from MariaDB's record of transactions.",
    file: "sql/migrations/core/0005-import-history.sql",
    find: "execute add_history;",
    replace: "",
    test: "integration/imports/import-files.test.ts",
    named: "record of transactions",
  },
];
