import { defineDomain, defineProject } from "../../../src/models/project.ts";
import { stallRates, stalls } from "./models.ts";

/**
 * A domain that is nobody's, for tests of money: sales in several currencies, and dated rates. Its generated SQL is
 * written by `node ../../../bin/vitrine.mjs triggers generate`, called in this folder.
 */
const market = defineDomain({
  name: "market",
  description: "A market: what stalls sell, in several currencies.",
  models: [stalls, stallRates],
});

export default defineProject({ sql: "sql", domains: [market] });
