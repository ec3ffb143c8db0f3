import type { StackStatus } from "./read-status.ts";

const countDocuments = (status: StackStatus): number =>
  status.models.reduce((sum, { documents }) => sum + documents, 0);

/** The status as lines for people. */
export function* describeStatus(status: StackStatus): Generator<string> {
  for (const url of status.graphql) yield `GraphiQL  ${url}`;
  const { mariadb, mongodb } = status;
  const more = mariadb.replication === "" ? "" : `; ${mariadb.replication}`;
  for (const [name, server, rest] of [
    ["MariaDB ", mariadb, more],
    ["MongoDB ", mongodb, ""],
  ] as const)
    yield `${name}  ${server.url}\n          ${server.version}, ${server.origin}${rest}`;
  yield `SQL       ${status.migrations.applied} files applied, ${status.migrations.pending.length} pending`;
  yield `Mirror    ${group(countDocuments(status))} documents`;
  for (const { model, documents, rebuild, lagMs, rejected } of status.models)
    yield `  ${model.padEnd(24)} ${group(documents).padStart(9)} documents, lag ${lagMs} ms` +
      `${rebuild === "done" ? "" : `, rebuild ${rebuild}`}${rejected > 0 ? `, ${rejected} rejected` : ""}`;
  for (const problem of status.problems) yield `Problem   ${problem}`;
}

/** `1,234,567`. `toLocaleString` loads the tables of all languages for it: 14 ms. */
const group = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
