import { resolve } from "node:path";
import { z } from "zod";
import { onOrOff, whole } from "./config-values.ts";

/** What a gateway answers, and to what texts. */
export interface Serving {
  /** Absolute path of the folder of trusted documents; undefined: there is none. */
  readonly documents: string | undefined;
  /** Whether other texts are answered too, where a role says nothing of it. */
  readonly freeText: boolean;
  /** No mutation is there, and nothing is written down of what was asked. */
  readonly readOnly: boolean;
  /** Whether the schema tells of itself: by query, in suggestions, on pages. */
  readonly introspection: boolean;
  readonly graphiql: boolean;
  /** Where probes and metrics are, when they have a port of their own; null: with everything else. */
  readonly probes: { readonly host: string; readonly port: number } | null;
  /** How long it goes on after it was told to stop, milliseconds. */
  readonly drainMs: number;
}

/** A gateway as it is without any of these settings. */
export const everythingServed: Serving = {
  documents: undefined,
  freeText: true,
  readOnly: false,
  introspection: true,
  graphiql: true,
  probes: null,
  drainMs: 0,
};

/** Variables of what a gateway answers: a part of configSchema. */
export const servingSettings = {
  VITRINE_DOCUMENTS: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Folder of trusted documents: `.graphql` files, and `.json` manifests of client tools. They are known by the SHA-256 of their text. Default: none.",
    ),
  VITRINE_FREE_TEXT: onOrOff("on").describe(
    "`off`: only documents of `VITRINE_DOCUMENTS` and of dashboards are answered, unless a role says otherwise.",
  ),
  VITRINE_READ_ONLY: onOrOff("off").describe(
    "`on`: the schema has no mutation, and the gateway writes nothing.",
  ),
  VITRINE_INTROSPECTION: onOrOff("on").describe(
    "`off`: the schema tells nobody of itself: no introspection, no suggestions in errors, no GraphiQL, no data dictionary at `/docs`.",
  ),
  VITRINE_GRAPHIQL: onOrOff("on").describe("`off`: there is no GraphiQL."),
  VITRINE_METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe(
      "Port of `/healthz`, `/readyz`, `/servez` and `/metrics`, which are nowhere else then; 0 takes a free one. Default: that of everything else.",
    ),
  VITRINE_METRICS_HOST: z
    .string()
    .min(1)
    .optional()
    .describe("Address that `VITRINE_METRICS_PORT` listens on. Default: `HOST`."),
  VITRINE_DRAIN_MS: whole(0, 0, 600_000).describe(
    "How long a gateway that is told to stop goes on answering, while `/servez` and `/readyz` say so: time for a balancer to leave it.",
  ),
  VITRINE_AUDIT_DAYS: whole(400, 1, 36_500).describe(
    "Days for which the audit of mutations is kept; loaders drop what is older.",
  ),
};

type Env = Readonly<z.output<z.ZodObject<typeof servingSettings>>>;

/** What contradicts itself. */
export function findServingProblems(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const problems: string[] = [];
  if (env.VITRINE_METRICS_HOST && !env.VITRINE_METRICS_PORT)
    problems.push("VITRINE_METRICS_HOST: means nothing without VITRINE_METRICS_PORT");
  if (
    env.VITRINE_METRICS_PORT &&
    env.VITRINE_METRICS_PORT !== "0" &&
    env.VITRINE_METRICS_PORT === (env.PORT ?? "4000")
  )
    problems.push("VITRINE_METRICS_PORT: must be another port than PORT");
  return problems;
}

/** What an environment states. */
export const readServing = (env: Env & { readonly HOST: string }): Serving => ({
  documents: env.VITRINE_DOCUMENTS === undefined ? undefined : resolve(env.VITRINE_DOCUMENTS),
  freeText: env.VITRINE_FREE_TEXT === "on",
  readOnly: env.VITRINE_READ_ONLY === "on",
  introspection: env.VITRINE_INTROSPECTION === "on",
  graphiql: env.VITRINE_GRAPHIQL === "on",
  probes:
    env.VITRINE_METRICS_PORT === undefined
      ? null
      : { host: env.VITRINE_METRICS_HOST ?? env.HOST, port: env.VITRINE_METRICS_PORT },
  drainMs: env.VITRINE_DRAIN_MS,
});
