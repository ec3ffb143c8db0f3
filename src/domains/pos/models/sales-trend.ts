import { decimal, int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** Compares each month with the one before; cancelled orders bring no revenue. */
export const salesTrend = defineModel({
  name: "sales_trend",
  typeName: "SalesTrend",
  description:
    "The revenue of each month beside that of the calendar month before. Of days, weeks, quarters or years: group sales by them, and compare neighbours.",
  key: "month",
  every: "1s",
  batch: 100,
  fields: {
    month: string("Month, YYYY-MM, UTC."),
    revenue: decimal("Sum of the lines of its orders, before tax.", 2, { filter: true }),
    orders: int("Orders placed and not cancelled."),
    previousMonth: string("The calendar month before, YYYY-MM."),
    previousRevenue: decimal("Revenue of the month before; 0 without orders.", 2),
    change: decimal("Revenue less that of the month before.", 2),
    changePercent: decimal("Change in percent of the month before; null when that had no revenue.", 2, {
      nullable: true,
    }),
  },
});
