import { z } from "zod";

const text = z.string().min(1);
const unit = z.union([text, z.strictObject({ column: text }), z.strictObject({ variable: text }), z.null()]);
const file = (ending: string) =>
  z.string().regex(new RegExp(`^[\\w./-]+${ending.replaceAll(".", "\\.")}$`), `names a file \`…${ending}\``);
const placePath = z.string().regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, "is a place as `where.state.eq`");

/** Periods by name; any other is two days: `2026-01-01..2026-02-01`, the second not in it. */
const periods = [
  "today",
  "yesterday",
  "last7days",
  "last30days",
  "last12months",
  "thisMonth",
  "fullMonths",
  "last5FullQuarters",
  "thisYear",
  "all",
] as const;
const period = z.union([
  z.enum(periods),
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/, "is one of the periods, or `2026-01-01..2026-02-01`"),
]);

const name = z.string().regex(/^[a-z][\w-]*$/, "is a name as `state`");
const filter = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("period"), name, title: text, default: period.default("all") }),
  z.strictObject({
    type: z.literal("choice"),
    name,
    title: text,
    default: z.string().nullable().default(null),
    optional: z.boolean().default(true),
    values: z.strictObject({ operation: file(".graphql"), column: text }),
  }),
]);

const tile = z.strictObject({
  title: text,
  description: z.string().default(""),
  /** Relative to the dashboard's file. */
  operation: file(".graphql"),
  variables: z.record(z.string(), z.unknown()).default({}),
  /** The rows of the answer, or how old each part of it is. */
  shows: z.enum(["answer", "freshness"]).default("answer"),
  /** Default: the `.vl.json` beside the operation, where there is one; null: figures, or a table. */
  spec: file(".vl.json").nullish(),
  units: z.record(z.string(), unit).default({}),
  size: z.enum(["small", "medium", "wide"]).default("medium"),
  live: z
    .strictObject({
      subscription: file(".graphql").nullable().default(null),
      everySeconds: z.number().int().min(0).max(3600).default(30),
    })
    .default({ subscription: null, everySeconds: 30 }),
  filters: z.record(name, z.union([placePath, z.tuple([placePath, placePath])])).default({}),
  fixed: z.record(name, text).default({}),
});

/** A file of `dashboards/`: what it may say. A word that it does not know is a fault, not a comment. */
export const dashboardFile = z.strictObject({
  title: text,
  description: z.string().default(""),
  filters: z.array(filter).default([]),
  tiles: z.array(tile).min(1),
});

export type DashboardFile = z.output<typeof dashboardFile>;
export type TileFile = DashboardFile["tiles"][number];
export type FilterFile = DashboardFile["filters"][number];

/** Which numbers of a spec are of what; the place that Vega-Lite leaves to whoever writes a spec. */
export const specUnits = z.object({ usermeta: z.object({ units: z.record(z.string(), unit) }) });
