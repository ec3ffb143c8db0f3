import { defineDomain } from "../../models/project.ts";
import { totesysAccess } from "./access.ts";
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
  personal: {
    staff: ["first_name", "last_name", "email_address"],
    department: ["manager"],
    counterparty: ["commercial_contact", "delivery_contact"],
    address: ["address_line_1", "address_line_2", "phone"],
    payment: ["company_ac_number", "counterparty_ac_number"],
  },
  models: Object.values(models),
  imports: totesysImports,
  generate: generateTotesys,
  live: totesysLive,
  rules: totesysRules,
  examples: "examples/totesys",
  dashboards: "dashboards/totesys",
  access: totesysAccess,
});
