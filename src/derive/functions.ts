const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const aggregates = words(`
  avg bit_and bit_or bit_xor count group_concat json_arrayagg json_objectagg max min std stddev stddev_pop
  stddev_samp sum var_pop var_samp variance
`);

const nondeterministic = words(`
  benchmark connection_id curdate current_date current_role current_time current_timestamp current_user curtime
  database found_rows get_lock is_free_lock is_used_lock last_insert_id lastval load_file localtime localtimestamp
  master_gtid_wait master_pos_wait name_const nextval now rand random_bytes release_all_locks release_lock row_count
  schema session_user setval sleep sys_guid sysdate system_user user utc_date utc_time utc_timestamp uuid uuid_short
  version binlog_gtid_pos rownum
`);

/** Functions and operators whose result depends on their arguments alone, and by which a link may be made. */
const plain = words(`
  = <=> < <= > >= <> and or xor not + - * % & | ^ << >> ~ between in like case row interval cast collate extract
  abs ascii bin ceiling char_length coalesce concat concat_ws date date_format dayofmonth dayofweek dayofyear div elt
  field find_in_set floor greatest hex hour if ifnull instr json_array last_day lcase least left length locate lower lpad ltrim
  md5 microsecond minute mod month nullif ord quarter replace reverse right round rpad rtrim second sha1 sha2 sign
  strcmp substr substring_index time_to_sec to_days trim truncate ucase unhex upper week weekday year yearweek
`);

const numeric = words(`
  + - * % & | ^ << >> ~ abs ascii ceiling char_length dayofmonth dayofweek dayofyear extract field find_in_set floor
  hour instr length locate microsecond minute mod month ord quarter second sign strcmp time_to_sec to_days week weekday
  year yearweek = <=> < <= > >= <> and or xor not between in like
`);

const strict = words(`
  = < <= > >= <> + - * / % div & | ^ << >> ~ between like regexp not cast collate convert extract interval
  abs ascii ceiling char_length concat date date_format dayofmonth dayofweek dayofyear floor hex hour instr last_day
  lcase left length locate lower lpad ltrim md5 microsecond minute mod month ord quarter replace reverse right round
  rpad rtrim second sha1 sha2 sign strcmp substr substring_index time_to_sec to_days trim truncate ucase unhex upper
  week weekday year yearweek
`);

const bare = (name: string): string => name.replace(/^(not|cast|collate|extract) .*$/, "$1");

/** Whether a function makes one value of many rows. */
export const isAggregate = (name: string): boolean => aggregates.has(name);

/** Whether a function's result may differ though its arguments, and the rows, are the same. */
export const isNondeterministic = (name: string, args: number): boolean =>
  nondeterministic.has(name) || (name === "unix_timestamp" && args === 0);

/** Whether a value is a function of its arguments in every session, and understood well enough for a link. */
export const isPlain = (name: string): boolean =>
  plain.has(bare(name)) ||
  /^not (?:between|in|like)$/.test(name) ||
  /^is (?:not )?(?:null|true|false|unknown)$/.test(name);

/** Whether the result is a whole number or a truth value whatever the arguments are, if those are whole numbers or dates. */
export const isNumeric = (name: string): boolean => numeric.has(bare(name)) || /^(?:is|not) /.test(name);

/** Whether one argument that is null makes the result null. */
export const isStrict = (name: string): boolean =>
  strict.has(bare(name)) || /^not (?:between|like|regexp)$/.test(name);
