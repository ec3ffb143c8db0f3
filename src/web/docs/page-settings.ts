/** What the page knows at once. */
export interface DocsSettings {
  readonly domains: readonly { readonly name: string; readonly description: string }[];
}

/** What there is, from the sources: `/data/docs/dictionary.json`. */
export interface Dictionary {
  readonly entries: readonly Entry[];
}

export type EntryKind = "model" | "cube" | "view" | "table" | "routine";

/** A thing that has a name. */
export interface Entry {
  readonly kind: EntryKind;
  readonly domain: string;
  readonly name: string;
  readonly description: string;
  /** Facts of a line each: what it is called in GraphQL, its id, what one row is. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly fields: readonly EntryField[];
  /** Models that its links lead to: field, model. */
  readonly links: readonly (readonly [field: string, model: string])[];
  /** Its documents as files, one address per form; of what has documents. */
  readonly files?: readonly { readonly title: string; readonly href: string }[];
}

export interface EntryField {
  /** Of a part of an object: `buyer.name`; of an item of a list: `items[].name`. */
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** The column of the view, which lineage is told by; null of what no column gives. */
  readonly column: string | null;
  /** It tells of a person. */
  readonly isPersonal: boolean;
}

/** What only the database tells: `/data/docs/database.json`. */
export interface DatabaseFacts {
  /** By view; null where its text is not understood. */
  readonly lineage: Readonly<Record<string, readonly ColumnSource[] | null>>;
  readonly keys: readonly ForeignKey[];
}

/** Which columns of base tables (`table.column`; `table.*`: its rows are counted) a column of a view is made of. */
export interface ColumnSource {
  readonly column: string;
  readonly sources: readonly string[];
  /** Of JSON: each member by its path, `items[].name` as `name`, `buyer.name` as `name`. */
  readonly members: readonly ColumnSource[];
}

export interface ForeignKey {
  readonly table: string;
  readonly columns: readonly string[];
  readonly target: string;
}

/** `/data/docs/examples.json` */
export interface DocsExample {
  readonly domain: string;
  readonly group: string;
  readonly title: string;
  readonly query: string;
  /** Opens it in GraphiQL. */
  readonly href: string;
}

/** `/data/docs/errors.json` */
export interface DocsErrors {
  readonly codes: readonly {
    readonly code: string;
    readonly title: string;
    readonly exit: number;
    readonly isExposed: boolean;
  }[];
  readonly rules: readonly {
    readonly domain: string;
    readonly number: number;
    readonly code: string;
    readonly description: string;
  }[];
}
