import { calendar } from "./src/domains/calendar/index.ts";
import { pos } from "./src/domains/pos/index.ts";
import { softcart } from "./src/domains/softcart/index.ts";
import { totesys } from "./src/domains/totesys/index.ts";
import { defineProject } from "./src/models/project.ts";

/** The project that this repository ships: its SQL and its domains. */
export default defineProject({ sql: "sql", domains: [pos, calendar, softcart, totesys] });
