import { defineDomain, defineProject } from "../../../src/models/project.ts";
import * as models from "./models.ts";

/**
 * A domain that is nobody's, for tests of the engine: small models of every kind. Its generated SQL is written by
 * `node ../../../bin/vitrine.mjs triggers generate`, called in this folder.
 */
export const garden = defineDomain({
  name: "garden",
  description: "A garden: beds, gardeners, plants, harvests.",
  models: Object.values(models),
});

export default defineProject({ sql: "sql", domains: [garden] });
