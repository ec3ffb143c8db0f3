/** As many as a server lists. */
export const MAX_WARNINGS = 65_535;

/**
 * Every session is the same: UTC, strict (without the IGNORE_SPACE that the driver asks for, which routines would
 * keep), binary comparison without padding, JSON aggregates that do not
 * stop at 1 MiB, updates by join also on a server that starts with safe updates, as many warnings as there may be (one of a cut aggregate may be the last), and `in` lists that stay index lookups (above 999 values MariaDB turns them into a
 * join of a derived table: 563 ms instead of 8, measured). `order by … limit` over joins follows the order's
 * index where that reads fewer rows (999 documents of the cube's view: 10 ms instead of 760, measured). No cache of
 * sub-queries: it finds its entries by the outer column's collation, and gave one row's answer to another (measured).
 */
export const sessionSettings = `set
  collation_connection = utf8mb4_nopad_bin,
  time_zone = '+00:00',
  sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO',
  group_concat_max_len = 1073741824,
  sql_safe_updates = 0,
  max_error_count = ${MAX_WARNINGS},
  in_predicate_conversion_threshold = 0,
  optimizer_join_limit_pref_ratio = 1,
  optimizer_switch = 'subquery_cache=off',
  system_versioning_alter_history = keep`;
