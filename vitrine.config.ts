import { pos } from "./src/domains/pos/index.ts";
import { defineProject } from "./src/models/project.ts";

/** The project that this repository ships: its SQL and its domains. */
export default defineProject({ sql: "sql", domains: [pos] });
