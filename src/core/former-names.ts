/** What the engine's tables and routines were called before all their names began with `vitrine_`. */
export const formerNames: Readonly<Record<string, string>> = {
  vitrine_capture: "mirror_capture",
  vitrine_commit_time: "commit_time",
  vitrine_end_statement: "end_statement",
  vitrine_find_readers: "find_readers",
  vitrine_import_reject: "import_reject",
  vitrine_import_run: "import_run",
  vitrine_keep_commit_times: "keep_commit_times",
  vitrine_keep_versions: "keep_versions",
  vitrine_lease: "lease",
  vitrine_migration: "migration",
  vitrine_note_version: "note_version",
  vitrine_pending: "mirror_pending",
  vitrine_position: "mirror_position",
  vitrine_put_versions: "put_versions",
  vitrine_read_columns: "read_columns",
  vitrine_read_sources: "read_sources",
  vitrine_read_trigger_fingerprint: "read_trigger_fingerprint",
  vitrine_rejected: "mirror_dead",
  vitrine_source: "mirror_source",
  vitrine_state: "mirror_state",
  vitrine_take_position: "take_position",
  vitrine_take_versions: "take_versions",
  vitrine_without_triggers: "without_triggers",
};

/** A text as it was when the engine's objects had their former names. */
export const toFormerNames = (text: string): string =>
  text.replace(/\bvitrine_\w+/g, (name) => formerNames[name] ?? name);
