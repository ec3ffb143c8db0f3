import type { Rule } from "../../models/procedure.ts";

/** What triggers of the back office refuse, by `mysql_errno`; all have SQLSTATE 45000. */
export const totesysRules = {
  33001: { code: "TEXT_IS_NO_DAY", description: "A date of an order or payment is no day like 2026-01-31." },
} as const satisfies Readonly<Record<number, Rule>>;
