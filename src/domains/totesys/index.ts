import { defineDomain } from "../../models/project.ts";
import { totesysImports } from "./imports.ts";
import * as models from "./models/index.ts";
import { totesysRules } from "./rules.ts";
import { generateTotesys } from "./sample/generate.ts";
import { totesysLive } from "./sample/live.ts";

/** A tote-bag maker's back office: three stars of sales, purchases and payments. */
export const totesys = defineDomain({
  name: "totesys",
  description: "Back office of a maker of tote bags: what is sold, bought and paid, by currency.",
  uses: ["calendar"],
  models: Object.values(models),
  imports: totesysImports,
  generate: generateTotesys,
  live: totesysLive,
  rules: totesysRules,
  examples: "examples/totesys",
  dashboards: "dashboards/totesys",
});
