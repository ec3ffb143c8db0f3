import { calendar } from "../../../src/domains/calendar/index.ts";
import { pos } from "../../../src/domains/pos/index.ts";
import { defineProject } from "../../../src/models/project.ts";

/** The shop alone: what is backed up and restored in tests. */
export default defineProject({ sql: "../../../sql", domains: [pos, calendar] });
