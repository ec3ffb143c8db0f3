/**
 * What the derivation minds. Each rule is there for a view that is derived wrongly without it; the tests switch one
 * off at a time, to see that some view finds it out. Nobody else does.
 */
export const soundRules = {
  /** A change of what a generated column is computed from is a change of it. */
  generatedSources: true,
  /** The condition of a left join holds of its right side only. */
  onLinksRightOnly: true,
  /** The conditions of a sub-query hold of its own rows only. */
  queryLinksInside: true,
  /** An aggregate without GROUP BY is a row, also of no rows. */
  aggregateIsAlwaysThere: true,
  /** A null in the list changes every NOT IN. */
  nullsUndoIn: true,
  /** Rows compete for a LIMIT. */
  limitCompetes: true,
  /** What a scalar sub-query gives is one row's of many. */
  scalarIsNoJoin: true,
  /** A window looks at the other rows of its partition. */
  windowSeesPartition: true,
  /** Rows whose partition is null are one partition. */
  partitionHasNulls: true,
  /** Each branch of a union has rows of its own. */
  allBranches: true,
  /** What is distinct counts by columns that nobody shows. */
  distinctCountsAll: true,
  /** Of values that are equal and not the same, one speaks for the group. */
  groupKeysAreExact: true,
  /** What is not grouped by is of some row of the group. */
  groupHidesOthers: true,
  /** Values that are equal may print differently. */
  skipPrintsEqual: true,
  /** A row that the id is made of may be missing: then it is made of nulls. */
  rootIsThere: true,
  /** Of several rows that make an id more than one may have changed: what they were stands in their change tables. */
  logIsAsked: true,
  /** The row of the id names its document itself: once it is gone it is not among every document. */
  rootNamesItself: true,
} as const satisfies Record<string, boolean>;

export type Rules = { readonly [Rule in keyof typeof soundRules]: boolean };
