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
  "vitrine_commit_time",
  "vitrine_import_reject",
  "vitrine_import_run",
  "vitrine_lease",
  "vitrine_migration",
  "vitrine_capture",
  "vitrine_rejected",
  "vitrine_pending",
  "vitrine_position",
  "vitrine_source",
  "vitrine_state",
];

/** Procedures and functions that it makes there. */
export const engineRoutines: readonly string[] = [
  "vitrine_end_statement",
  "vitrine_find_readers",
  "vitrine_keep_commit_times",
  "vitrine_keep_versions",
  "vitrine_note_version",
  "vitrine_put_versions",
  "vitrine_read_columns",
  "vitrine_read_sources",
  "vitrine_read_trigger_fingerprint",
  "vitrine_take_position",
  "vitrine_take_versions",
  "vitrine_without_triggers",
];

/** What begins so is the engine's, today or tomorrow. */
export const enginePrefix = "vitrine_";

/** The engine's folder among the SQL files. */
export const engineDomain = "core";
