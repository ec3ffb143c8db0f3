import type { Mutant } from "../mutant.ts";

const travel = { file: "src/stores/history/time-travel.ts" };

/** What loses, doubles or misplaces rows of the past. */
export const historyMutants: readonly Mutant[] = [
  {
    ...travel,
    trap: "A row is there twice where the clock was set back.",
    find: "} and not $",
    replace: "} and not false or false and $",
    test: "integration/history/clock.test.ts",
    named: "each row once at every moment",
  },
  {
    trap: "A session goes on with the time of its last mutation.",
    file: "src/stores/mariadb/hold-time.ts",
    find: "unix_timestamp(sysdate(6))",
    replace: "unix_timestamp('2026-01-01')",
    test: "integration/history/one-time.test.ts",
    named: "a mutation has one time",
  },
  {
    trap: "An import is seen table by table.",
    file: "src/imports/import-files.ts",
    find: "  await holdTime(connection);\n",
    replace: "",
    test: "integration/history/one-time.test.ts",
    named: "an import has one time",
  },
  {
    trap: "The past of a table that is moved to timestamps fires its triggers.",
    file: "sql/migrations/core/0009-history-with-versions.sql",
    find: "execute immediate concat('drop trigger `', kept.name, '`');",
    replace: "do 0;",
    test: "integration/migrations/history-by-time.test.ts",
    named: "keeps every version",
  },
  {
    trap: "A trigger that is made anew loses its backslashes.",
    file: "sql/migrations/core/0009-history-with-versions.sql",
    find: "replace(action_statement, ''\\\\\\\\'', ''\\\\\\\\\\\\\\\\''))",
    replace: "action_statement)",
    test: "integration/migrations/history-by-time.test.ts",
    named: "keeps every version",
  },
  {
    trap: "A position that another node took is an error.",
    file: "src/stores/mariadb/retry-deadlock.ts",
    find: "const ATTEMPTS = 8;",
    replace: "const ATTEMPTS = 1;",
    test: "integration/mirror/position-conflicts.test.ts",
    named: "a token is given",
  },
  {
    ...travel,
    trap: "A moment that is not over yet is answered.",
    find: "if (age >= SETTLED_AFTER_MS) {",
    replace: "if (age >= 0) {",
    test: "integration/history/as-of.test.ts",
    named: "not a second old",
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
    find: "if (balance !== 0 && at",
    replace: "if (at",
    test: "integration/history/versions.test.ts",
    named: "cost no look",
  },
];
