import { filterNameOf } from "./derived-names.ts";

const scalars = ["Int", "Float", "String", "Boolean", "ID", "Decimal", "BigInt", "Date", "DateTime"];

/** Types of GraphQL that every schema may have, whatever its models. */
export const engineTypes: readonly string[] = [
  ...["Query", "Mutation", "Subscription", "Source", "PageInfo"],
  ...scalars,
  ...scalars.map(filterNameOf),
];

/** Tables that the engine's own SQL makes in the project's database. */
export const engineTables: readonly string[] = [
  "change_log",
  "commit_time",
  "import_reject",
  "import_run",
  "lease",
  "migration",
  "mirror_capture",
  "mirror_dead",
  "mirror_pending",
  "mirror_position",
  "mirror_source",
  "mirror_state",
];

/** Procedures and functions that it makes there. */
export const engineRoutines: readonly string[] = [
  "end_statement",
  "find_readers",
  "keep_commit_times",
  "keep_versions",
  "note_version",
  "put_versions",
  "read_columns",
  "read_sources",
  "read_trigger_fingerprint",
  "take_position",
  "take_versions",
  "without_triggers",
];

/** What begins so is the engine's, today or tomorrow. */
export const enginePrefix = "vitrine_";

/** The engine's folder among the SQL files. */
export const engineDomain = "core";
