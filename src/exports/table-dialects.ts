/** Databases whose tables can be defined beside an export. */
export const ddlDialects = ["postgres", "db2", "mariadb"] as const;
export type DdlDialect = (typeof ddlDialects)[number];

interface Described {
  /** A quoted column; undefined: the table. */
  readonly name: string | undefined;
  readonly description: string;
}

/** How a database writes a table. */
export interface Dialect {
  quote(name: string): string;
  /** A text as SQL has it. */
  text(value: string): string;
  readonly types: {
    readonly int: string;
    readonly bigint: string;
    readonly boolean: string;
    readonly date: string;
    /** UTC, to the millisecond. */
    readonly dateTime: string;
    readonly json: string;
    /** With so many digits at most, `scale` of them behind the point. */
    decimal(digits: number | undefined, scale: number): string;
    /** With so many letters at most. */
    text(letters: number | undefined): string;
  };
  /** What stands behind a column, and behind the table. */
  columnComment(description: string): string;
  tableEnd(description: string): string;
  /** Statements behind the table. */
  comments(table: string, described: readonly Described[]): readonly string[];
}

const toText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const toBackslashText = (text: string): string => toText(text.replaceAll("\\", "\\\\"));
const nothing = (): string => "";

/** Longer texts make rows that do not fit. */
const longestPlainText = 255;

const commentsBehind: Dialect["comments"] = (table, described) =>
  described.map(({ name, description }) =>
    name === undefined
      ? `comment on table ${table} is ${toText(description)};`
      : `comment on column ${table}.${name} is ${toText(description)};`,
  );

export const dialects: Readonly<Record<DdlDialect, Dialect>> = {
  postgres: {
    quote: (name) => `"${name}"`,
    text: toText,
    types: {
      int: "integer",
      bigint: "bigint",
      boolean: "boolean",
      date: "date",
      dateTime: "timestamp (3) with time zone",
      json: "json",
      decimal: (digits = 65, scale) => `numeric(${digits}, ${scale})`,
      text: () => "text",
    },
    columnComment: nothing,
    tableEnd: nothing,
    comments: commentsBehind,
  },
  db2: {
    // As Db2 reads names without quotes.
    quote: (name) => `"${name.toUpperCase()}"`,
    text: toText,
    types: {
      int: "integer",
      bigint: "bigint",
      boolean: "boolean",
      date: "date",
      dateTime: "timestamp(3)",
      json: "clob(16m)",
      // At most 31 digits: a number beyond any bigint is refused when it is loaded. Where such are too, the type that
      // takes the 34 digits of any document.
      decimal: (digits = Number.POSITIVE_INFINITY, scale) =>
        digits > 31 && 31 - scale < 19 ? "decfloat(34)" : `decimal(${Math.min(digits, 31)}, ${scale})`,
      // At least one letter, also of a column that is always empty.
      text: (letters = Number.POSITIVE_INFINITY) =>
        letters <= longestPlainText ? `varchar(${Math.max(letters, 1)} codeunits32)` : "clob(16m)",
    },
    columnComment: nothing,
    tableEnd: nothing,
    // At most 254 bytes.
    comments: (table, described) =>
      commentsBehind(
        table,
        described.map((one) => ({ ...one, description: cutBytes(one.description, 254) })),
      ),
  },
  mariadb: {
    quote: (name) => `\`${name}\``,
    text: toBackslashText,
    types: {
      int: "int",
      bigint: "bigint",
      boolean: "boolean",
      date: "date",
      dateTime: "datetime(3)",
      json: "json",
      // 65 digits at most, of which a document has 34.
      decimal: (digits = 65, scale) => `decimal(${Math.min(digits, 65)}, ${scale})`,
      text: (letters = Number.POSITIVE_INFINITY) =>
        letters <= longestPlainText ? `varchar(${letters})` : "longtext",
    },
    columnComment: (description) => ` comment ${toBackslashText([...description].slice(0, 1024).join(""))}`,
    tableEnd: (description) =>
      ` engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin comment ${toBackslashText([...description].slice(0, 2048).join(""))}`,
    comments: () => [],
  },
};

/** As many whole letters as fit into so many bytes. */
function cutBytes(text: string, most: number): string {
  let bytes = 0;
  let cut = "";
  for (const letter of text) {
    bytes += Buffer.byteLength(letter);
    if (bytes > most) break;
    cut += letter;
  }
  return cut;
}
