import type { Mutant } from "../mutant.ts";

const collations = "integration/stores/collations.test.ts";
const gaps = "integration/stores/gaps.test.ts";
const invalid = "integration/graphql/invalid-documents.test.ts";

/** Columns that compare in their own way, and documents that cannot be given. */
export const gapMutants: readonly Mutant[] = [
  {
    trap: "A column with a collation of its own is compared by it.",
    file: "src/stores/mariadb/text-columns.ts",
    find: "row.collation !== EXACT || ",
    replace: "",
    test: collations,
    named: "filters, counts and their opposites",
  },
  {
    trap: "An enum is sorted by the place in its list.",
    file: "src/stores/mariadb/text-columns.ts",
    find: " || !plainTypes.has(row.type)",
    replace: "",
    test: collations,
    named: "orders, pages that change stores, streams",
  },
  {
    trap: "A text and the same with a zero byte behind it are one to a sort.",
    file: "src/stores/mariadb/live-filter.ts",
    find: "direction}, octet_length(",
    replace: "direction}, length(0) + 0 * octet_length(",
    test: collations,
    named: "orders, pages that change stores, streams",
  },
  {
    trap: "A look-up that keeps its index finds what the collation takes for the same.",
    file: "src/stores/mariadb/live-filter.ts",
    find: "joinSql([within(column, list.map(odd.toOwn)), exact]",
    replace: "joinSql([within(column, list.map(odd.toOwn))]",
    test: collations,
    named: "look-ups by id find what has the very id",
  },
  {
    trap: "A sub-query's answer for one row is given to its like.",
    file: "src/stores/mariadb/session-settings.ts",
    find: "subquery_cache=off",
    replace: "subquery_cache=on",
    test: collations,
    named: "a sub-query over a column that ignores case",
  },
  {
    trap: "A date that may not be null is null when it is 0000-00-00.",
    file: "src/stores/mariadb/live-filter.ts",
    find: "column} <=> null`",
    replace: "column} is null`",
    test: invalid,
    named: "has its place in the order",
  },
  {
    trap: "A row that is twice in the view takes four places of a page.",
    file: "src/stores/mariadb/live-documents.ts",
    find: ".size === found.rows.length) return found;",
    replace: ".size >= 0) return found;",
    test: gaps,
    named: "a page has every document that can be given",
  },
  {
    trap: "A stream ends where a document cannot be given.",
    file: "src/stores/mariadb/live-store.ts",
    find: "found.count < limit",
    replace: "found.documents.size < limit",
    test: gaps,
    named: "look-ups and streams leave out what cannot be given",
  },
  {
    trap: "A query that limits the mirror's age gets an older mirror where live has a gap.",
    file: "src/freshness/route.ts",
    find: "const isWish = demand.maxStalenessMs === undefined;",
    replace: 'const isWish = demand.maxStalenessMs === undefined || demand.source === "MIRROR";',
    test: invalid,
    named: "keeps its promise when the query limits the age",
  },
  {
    trap: "The mirror reads whole documents for one field.",
    file: "src/stores/mongodb/mirror-store.ts",
    find: "...projection(options, page.orderBy)",
    replace: "",
    test: "integration/stores/selected-fields.test.ts",
    named: "the mirror is asked for the wanted fields",
  },
  {
    trap: "Columns that a model shows which nobody can derive are ignored by capture.",
    file: "src/migrations/generate-touched.ts",
    find: "isOneUnknown || !ignore",
    replace: "!ignore",
    test: "integration/derive/by-hand.test.ts",
    named: "unless a view shows nobody knows what",
  },
];
