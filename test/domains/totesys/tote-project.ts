import { calendar } from "../../../src/domains/calendar/index.ts";
import { totesys } from "../../../src/domains/totesys/index.ts";
import { defineProject } from "../../../src/models/project.ts";

/** The back office and what it builds on, and nothing else. */
export const toteProject = defineProject({ sql: "sql", domains: [calendar, totesys] });
