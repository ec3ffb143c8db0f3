/** A column of the row that changed, as it was logged. */
export interface LoggedColumn {
  readonly from: "log";
  readonly column: string;
}

/** A column of a row that is joined, as it is now. */
export interface JoinedColumn {
  readonly from: "join";
  /** Which of the joins. */
  readonly join: number;
  readonly column: string;
}

/** An SQL expression: text, with columns in it. */
export type Term = readonly (string | LoggedColumn | JoinedColumn)[];

export interface Join {
  /** A table; or the text of a query in parentheses, of rows that no table holds. */
  readonly source: { readonly table: string } | { readonly query: string };
  /** As the view calls it. */
  readonly alias: string;
  /** All of them hold; none: every row. */
  readonly on: readonly Term[];
  /** No index finds its rows. */
  readonly isScan: boolean;
}

/** How one use of a table finds the documents that a changed row may alter. */
export interface Way {
  /** `scan`: it reads all of a table. `every`: it names every document. */
  readonly kind: "precise" | "scan" | "every";
  /** It matters when one of these columns changes, or a logged key, or a row is inserted or deleted. */
  readonly changed: readonly string[];
  readonly joins: readonly Join[];
  readonly id: Term;
  /** There may be rows without an id, which are no documents. */
  readonly mayBeNull: boolean;
}

export interface TableUse {
  readonly table: string;
  /** Columns on which a document depends, and those that generated ones among them are computed from. */
  readonly columns: readonly string[];
  /** Columns to log beside the primary key and the foreign keys. */
  readonly keys: readonly string[];
  readonly ways: readonly Way[];
}

/** Which documents of a view a change of each table may alter. */
export interface Derivation {
  readonly kind: "derived";
  readonly view: string;
  readonly keyColumn: string;
  /** By name. */
  readonly tables: readonly TableUse[];
}

/** A view of which that cannot be said, and a sentence that names the construct, the view and the remedy. */
export interface Refused {
  readonly kind: "refused";
  readonly view: string;
  readonly reason: string;
}
