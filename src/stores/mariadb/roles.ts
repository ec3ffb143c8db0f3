/** The roles of a database: named after it, so that two projects of one server share none. */
export const rolesOf = (database: string) => ({
  /** The account that answers queries: reads, and nothing else. */
  reader: `${database}_reader_role`,
  /** The account of the loader: reads, and works off what was captured. */
  loader: `${database}_loader_role`,
  /** The account of the gateway's mutations: reads, and calls the procedures that are offered. */
  writer: `${database}_writer_role`,
  /** Accounts of people and of their tools: read the flat views `bi_…`, which show no personal data. */
  analyst: `${database}_analyst_role`,
});
