import { filterNameOf } from "./derived-names.ts";

const scalars = ["Int", "Float", "String", "Boolean", "ID", "Decimal", "BigInt", "Date", "DateTime"];

/** Types of GraphQL that every schema may have, whatever its models. */
export const engineTypes: readonly string[] = [
  ...["Query", "Mutation", "Subscription", "Node", "Source", "PageInfo", "PreviousStep"],
  ...["LoggedRun", "RunKind", "RunOutcome"],
  ...scalars,
  ...scalars.map(filterNameOf),
];

/** Fields of queries that every schema has. */
export const engineQueries: readonly string[] = ["runs", "node", "nodes"];

/** What begins so is the engine's, today or tomorrow. */
export const enginePrefix = "vitrine_";

/** Views that begin so are for analysts: flat, and lent to accounts that may read nothing else. */
export const analystPrefix = "bi_";

/** The engine's folder among the SQL files. */
export const engineDomain = "core";
