import { defineDomain, defineProject } from "../../../src/models/project.ts";
import * as models from "./models.ts";

/**
 * Tables with the keys and types of other people's schemas, for tests of the engine. Its generated SQL is written by
 * `node ../../../bin/vitrine.mjs triggers generate`, called in this folder.
 */
export const attic = defineDomain({
  name: "attic",
  description: "What somebody has kept: labels, entries, devices.",
  models: Object.values(models),
});

export default defineProject({ sql: "sql", domains: [attic] });
