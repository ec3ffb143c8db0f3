import type { Rule } from "../../models/procedure.ts";

/** What the warehouse's triggers refuse, by `mysql_errno`; all have SQLSTATE 45000. */
export const softcartRules = {
  32001: { code: "ROW_ID_FIXED", description: "The row id of a sale is to be changed." },
  32002: { code: "ROW_ID_UNKNOWN", description: "A sale is to be changed whose row id no file has told." },
} as const satisfies Readonly<Record<number, Rule>>;
