/**
 * Every error a person can meet, in one catalogue. `exit` is the process exit code of a command,
 * `exposed` whether a GraphQL client may read the message (internals are masked).
 */
export const errorCatalogue = {
  USAGE: { exit: 2, exposed: true, title: "The command line or the arguments of a query are wrong." },
  BAD_INPUT: { exit: 2, exposed: true, title: "A value in a query is malformed or out of range." },
  QUERY_INVALID: { exit: 2, exposed: true, title: "A query is not GraphQL, or does not fit the schema." },
  PERSISTED_QUERY_NOT_FOUND: {
    exit: 2,
    exposed: true,
    title: "A query is named by its hash only, and not known by it: it is to be sent with its text.",
  },
  UNAUTHENTICATED: {
    exit: 77,
    exposed: true,
    title: "Nobody is known by the token or key that was sent, or none was.",
  },
  FORBIDDEN: { exit: 77, exposed: true, title: "Whoever asks may not do that; who they are is known." },
  OVERLOADED: {
    exit: 75,
    exposed: true,
    title:
      "The gateway has as much work as it takes, or its client had its share: it is to be asked again later.",
  },
  LIMIT_EXCEEDED: { exit: 2, exposed: true, title: "A query is too large, too deep or too costly." },
  RULE_VIOLATED: { exit: 65, exposed: true, title: "A rule of the domain refuses the change." },
  CONFIG_INVALID: { exit: 78, exposed: false, title: "A setting is missing or malformed." },
  SETUP_FAILED: {
    exit: 69,
    exposed: false,
    title: "A program that Vitrine needs could not be installed or started.",
  },
  SERVER_DIED: { exit: 70, exposed: false, title: "A private database server ended by itself." },
  PORT_IN_USE: { exit: 69, exposed: false, title: "The port to listen on is taken." },
  SOURCE_UNAVAILABLE: {
    exit: 69,
    exposed: true,
    title:
      "MariaDB cannot be reached, or has no room, no connection or no right to write for anybody just now.",
  },
  WRITES_REFUSED: {
    exit: 69,
    exposed: true,
    title: "MariaDB refuses writes that are right, until its operator has helped; the message says how.",
  },
  MIRROR_UNAVAILABLE: {
    exit: 69,
    exposed: true,
    title: "MongoDB cannot be reached, or the mirror is not complete yet.",
  },
  QUERY_TIMEOUT: { exit: 75, exposed: true, title: "A query took longer than allowed." },
  OUTCOME_UNKNOWN: {
    exit: 75,
    exposed: true,
    title:
      "The connection was lost, or the server failed, while a change was being committed: nobody knows whether it was made.",
  },
  WRITE_LOST: {
    exit: 65,
    exposed: true,
    title: "A write, or the note of it, was lost with the server that took it; another went on from before.",
  },
  BEFORE_HISTORY: {
    exit: 2,
    exposed: true,
    title: "The moment asked for is before the first version that the database keeps.",
  },
  UNKNOWN_MODEL: { exit: 2, exposed: true, title: "No model has this name." },
  DOCUMENT_INVALID: {
    exit: 65,
    exposed: true,
    title: "A view yields a document that does not fit its model.",
  },
  RATE_UNKNOWN: {
    exit: 65,
    exposed: true,
    title: "Money is to be converted of a day and a pair of currencies of which no rate is known.",
  },
  MIGRATION_FAILED: {
    exit: 70,
    exposed: false,
    title: "A migration or a repeatable SQL file was refused by MariaDB.",
  },
  MIGRATION_LOCKED: { exit: 75, exposed: false, title: "Another runner is applying migrations." },
  MIGRATIONS_PENDING: {
    exit: 75,
    exposed: false,
    title: "The database is older than the SQL files of this project.",
  },
  GENERATED_STALE: { exit: 1, exposed: false, title: "A generated file is not what its sources give." },
  IMPORT_INPUT: {
    exit: 65,
    exposed: false,
    title: "An input file is missing, unreadable or of another shape.",
  },
  IMPORT_REFUSED: {
    exit: 65,
    exposed: false,
    title: "An import was rolled back for what it would have lost or left out.",
  },
  EXPORT_INCOMPLETE: {
    exit: 3,
    exposed: false,
    title: "Documents that the store cannot give are left out of an export, which is whole otherwise.",
  },
  FILE_FAILED: { exit: 74, exposed: false, title: "A file or folder could not be made or written." },
  EXPORT_FAILED: { exit: 74, exposed: false, title: "An export could not be written." },
  OUTPUT_BROKEN: {
    exit: 74,
    exposed: false,
    title: "Standard output was closed, or could not be written, before the answer was there.",
  },
  IMPORT_LOCKED: { exit: 75, exposed: false, title: "The same import of the domain is running already." },
  DEFECT_FOUND: { exit: 1, exposed: false, title: "Mirror and live disagree, proven." },
  UNSETTLED: {
    exit: 75,
    exposed: false,
    title: "Documents were written at every look of a verification, so nothing is proven of them.",
  },
  UNHEALTHY: { exit: 1, exposed: false, title: "The stack is not healthy." },
  CANCELLED: { exit: 130, exposed: true, title: "Stopped by the user." },
  INTERNAL: { exit: 70, exposed: false, title: "A fault in Vitrine itself." },
} as const satisfies Record<string, { exit: number; exposed: boolean; title: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** The one error class. The message is a sentence that names the thing and the remedy. */
export class VitrineError extends Error {
  readonly code: ErrorCode;
  /** Facts for machines (`--json`, GraphQL `extensions`); never secrets. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "VitrineError";
    this.code = code;
    this.details = options.details ?? {};
  }

  get exitCode(): number {
    return errorCatalogue[this.code].exit;
  }

  get exposed(): boolean {
    return errorCatalogue[this.code].exposed;
  }
}

/** What something that was thrown says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
