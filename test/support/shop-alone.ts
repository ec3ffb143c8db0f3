import { pos } from "../../src/domains/pos/index.ts";
import { defineProject } from "../../src/models/project.ts";

/** The shop without the other domains: three quarters of the tables, models and samples of the whole project are theirs. */
export const shopAlone = defineProject({ sql: "sql", domains: [pos] });
