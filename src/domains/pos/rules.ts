import type { Rule } from "../../models/procedure.ts";

/** What the shop's triggers and procedures refuse, by `mysql_errno`; all have SQLSTATE 45000. */
export const posRules = {
  30001: { code: "MISSING_ARGUMENT", description: "An argument is null that must be given." },
  30002: { code: "OUT_OF_RANGE", description: "A quantity is not 1 to 1,000,000, or a price is negative." },
  30003: { code: "UNKNOWN_CUSTOMER", description: "There is no such customer." },
  30004: { code: "UNKNOWN_PRODUCT", description: "There is no such product." },
  30005: { code: "UNKNOWN_ORDER", description: "There is no such order." },
  30006: { code: "OUT_OF_STOCK", description: "Fewer pieces are in stock than are to be sold." },
  30007: { code: "ORDER_CLOSED", description: "The order is shipped or cancelled already." },
  30008: {
    code: "LINES_MALFORMED",
    description: "The lines of a sale are not an array of products and quantities.",
  },
  30009: { code: "DATES_REVERSED", description: "The first day is after the last." },
  30010: {
    code: "SUBTOTAL_COMPUTED",
    description: "The subtotal of an order is the sum of its lines and cannot be set.",
  },
  30011: { code: "NO_SUCH_DAY", description: "A date is none of the calendar, such as 0000-00-00." },
} as const satisfies Readonly<Record<number, Rule>>;
