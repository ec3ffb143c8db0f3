import { MAX_INSENSITIVE } from "../stores/text-operators.ts";
import { DEFAULT_ROWS, MAX_ROWS } from "./cube-query.ts";
import { DEFAULT_VALUES, MAX_VALUES } from "./cube-values.ts";
import { MAX_OPERANDS } from "./filters.ts";
import { DEFAULT_VERSIONS, MAX_VERSIONS } from "./history-fields.ts";
import { DEFAULT_PAGE, MAX_PAGE } from "./paging.ts";
import { MAX_IDS } from "./subscription-fields.ts";

/**
 * What fields and arguments of one name mean wherever they stand: said here once, in the description of `Query`, and not
 * again at each of them (test/unit/graphql/schema: each text is said once).
 */
const sharedWords = {
  "Which store answers, and how old the answer may be": {
    source: "`AUTO` unless told.",
    maxStaleness: "Milliseconds that the mirror may be behind; when it is more, AUTO reads live.",
    asOf: "Show what had been committed by this moment, and nothing later; links too. Read live, from the history of the tables.",
    afterWrite:
      "The `token` that a mutation returned: the answer shows its write, from the mirror or else live. The header `x-vitrine-after-write` says so for all reads of a request.",
    token: "Of a write: give it to a read as `afterWrite`.",
  },
  "What is asked for": {
    where:
      "Only what fits: conditions on fields, all of which must hold. Comparison is exact, byte by byte; with a missing value it is false.",
    and: "All of these.",
    or: "At least one of these.",
    not: "Not this.",
    eq: "Equal.",
    ne: "Not equal; true for a missing value.",
    in: `Equal to one of these, ${MAX_OPERANDS} at most.`,
    notIn: `Equal to none of these, ${MAX_OPERANDS} at most; true for a missing value.`,
    lt: "Less.",
    lte: "Less or equal.",
    gt: "Greater.",
    gte: "Greater or equal.",
    contains: "Contains this text; upper and lower case differ.",
    startsWith: "Starts with this text; upper and lower case differ. An index finds it.",
    equalsInsensitive: `Equal but for upper and lower case; ${MAX_INSENSITIVE} characters at most.`,
    containsInsensitive: `Contains this text in upper or lower case; ${MAX_INSENSITIVE} characters at most.`,
    startsWithInsensitive: `Starts with this text in upper or lower case; ${MAX_INSENSITIVE} characters at most.`,
    isNull: "true: has no value. false: has one.",
    orderBy: "First by this, then by that; the key decides at the end. Ascending, missing values come first.",
    first: `So many from the start: of documents and facts ${DEFAULT_PAGE} unless told and ${MAX_PAGE} at most, of versions ${DEFAULT_VERSIONS} and ${MAX_VERSIONS}, of values ${DEFAULT_VALUES} and ${MAX_VALUES}, of rows of a cube ${DEFAULT_ROWS} and ${MAX_ROWS}.`,
    after: "Only what comes after this cursor, in the same order.",
    last: "So many from the end, in place of `first`.",
    before: "Only what comes before this cursor, in the same order.",
    id: "Of a document: unique in the whole schema, and another for the past than for the present. As an argument: its key.",
    ids: `Only these, ${MAX_IDS} at most; one that is not there is told as null.`,
  },
  "Pages, versions and changes": {
    nodes: "What the page holds; null, with an error of its own, for a document that cannot be given.",
    edges: "The same, each `node` with its `cursor`.",
    node: "As in `nodes`.",
    cursor: "A place in the order, for `after` and `before`.",
    pageInfo: "Whether there is more.",
    totalCount: "How many documents fit, on all pages. Counted only when asked for.",
    documentId: "The `id` of the document, also of one that is gone.",
    key: "The key of the document, also of one that is gone.",
    document:
      "The document in that state, its links too; null: it is gone, no longer fits the filter, or there is an error.",
    validFrom: "The first moment at which asOf shows this version; null when nothing says so.",
    validTo:
      "The first moment at which asOf no longer shows it; null: it is the newest. Equal to validFrom when it lived within a millisecond.",
    changedFields: "Fields that differ from the version before; all of them when that was none.",
  },
  "Groups of a cube": {
    groupBy: "One group per combination of these; none: one total.",
    groupingSets: "Several groupings in one answer; groupBy is part of each.",
    rollup: "Grouping sets: all of these, then without the last, … then none: subtotals and a total.",
    cube: "Grouping sets: every subset of these, six at most.",
    having: "Only groups whose measures fit; they need not be selected.",
    topPerGroup:
      "Of the groups that having leaves, the `first` within each value of the dimensions `by`; orderBy and first of the question are about those.",
    by: "Dimensions; rows that are not grouped by one of them do without it.",
    withTies: "Also the rows that orderBy puts level with the last one.",
    level: "How many dimensions the row is grouped by: 0 is the grand total.",
    groupedBy: "What the row is grouped by: tells a missing value from a subtotal, which are both null.",
    share:
      "The part of this row in the total of all groups that are grouped alike, also of those that having, topPerGroup and first leave out.",
    runningTotal:
      "The sum of all groups that are grouped alike, from the first up to this one, in orderBy or the order of the rows.",
    previous:
      "The values of the period before, the other keys alike. A gap is not skipped: where no fact is of that time, they are null.",
    within: "Of rows with the same values of these; those that a row is not grouped by are left out.",
    over: "A date, or its week, month, quarter or year, that is grouped by.",
    step: "How far before.",
    facts:
      "The facts that the row is of, in pages, by their keys: those that `where` leaves, whether or not a measure counts them. Of a value: how many there are.",
    dimension: "Whose values.",
    key: 'Which row, of a change: what it is grouped by, with its values, as JSON; of a total `"{}"`.',
    row: "The newest state of it; null when it is gone, or no longer among the rows that the question asks for.",
    isWhole: "These are all rows: forget what was told before. So is the first of a subscription.",
    changes: "The rows that differ; all of them, in the order of the question, when `isWhole`.",
    position:
      "The snapshot that is in the rows at least, with all that was committed before `asOf`; larger is later.",
    value: "As text; of a closed set its name, of numbers their digits. Null: facts without one.",
  },
};

/** Every name that is described there. */
export const sharedNames: ReadonlySet<string> = new Set(Object.values(sharedWords).flatMap(Object.keys));

/** Words of the past, which are not said where nothing has one. */
const ofThePast: ReadonlySet<string> = new Set(["asOf", "validFrom", "validTo", "changedFields"]);

/** The words as Markdown. */
export const describeSharedWords = ({ past }: { readonly past: boolean }): string =>
  Object.entries(sharedWords)
    .map(([title, words]) =>
      [
        `${title}:`,
        ...Object.entries(words)
          .filter(([name]) => past || !ofThePast.has(name))
          .map(([name, text]) => `- \`${name}\`: ${text}`),
      ].join("\n"),
    )
    .join("\n\n");
