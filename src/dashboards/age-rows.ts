import type { Units } from "../web/shared/chart/chart-rows.ts";
import type { AnswerRows } from "./describe-rows.ts";

/** The entries of `extensions.freshness` as rows: how old each part of an answer is. */
export const ageRows: AnswerRows = {
  path: ["extensions", "freshness"],
  columns: [
    { name: "model", kind: "text" },
    { name: "source", kind: "text" },
    { name: "lagMs", kind: "number" },
    { name: "pendingChanges", kind: "number" },
    { name: "asOf", kind: "dateTime" },
    { name: "position", kind: "text" },
  ],
};

export const ageUnits: Units = { lagMs: "ms", pendingChanges: "changes" };
