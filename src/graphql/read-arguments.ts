import { VitrineError } from "../errors.ts";
import { readToken } from "../freshness/write-token.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Builder } from "./builder.ts";
import type { RequestContext } from "./context.ts";
import type { ReadDemand, Source } from "./reads.ts";

/**
 * The arguments of every root field that reads: which store, how old it may be, or which moment it shows, of what has a past.
 */
export function createReadArguments(builder: Builder) {
  const source = builder.enumType("Source", {
    description:
      "Which store answers. Both give equal answers; `extensions.freshness` says which it was and how old.",
    values: {
      AUTO: {
        description:
          "The mirror, unless it is missing, unhealthy, too old, or too slow for a cube; then live.",
      },
      LIVE: { description: "MariaDB's views: the newest committed state." },
      MIRROR: {
        description: "MongoDB's copy: an error when it cannot answer or is older than maxStaleness.",
      },
    },
  });
  return (
    t: Parameters<Parameters<Builder["queryFields"]>[0]>[0],
    { withoutPast }: Pick<DocumentModel, "withoutPast">,
  ) => ({
    source: t.arg({ type: source, defaultValue: "AUTO" }),
    maxStaleness: t.arg.int(),
    ...(withoutPast ? {} : { asOf: t.arg({ type: "DateTime" }) }),
    afterWrite: t.arg.string(),
  });
}

/** A client that writes and reads may send its newest token with every request, whatever that asks. */
export const AFTER_WRITE_HEADER = "x-vitrine-after-write";

/**
 * What these arguments ask of the stores. The header's token counts where no argument names one, and not for a moment
 * of the past, which no later write can change. @throws VitrineError BAD_INPUT
 */
export function readDemand(
  args: {
    readonly source?: Source | null | undefined;
    readonly maxStaleness?: number | null | undefined;
    readonly afterWrite?: string | null | undefined;
    readonly asOf?: string | null | undefined;
  },
  { afterWriteHeader }: Pick<RequestContext, "afterWriteHeader">,
): ReadDemand {
  const maxStaleness = args.maxStaleness ?? undefined;
  if (maxStaleness !== undefined && maxStaleness < 0)
    throw new VitrineError("BAD_INPUT", `maxStaleness: must be 0 or more, not ${maxStaleness}.`);
  const afterWrite = typeof args.afterWrite === "string" ? readToken(args.afterWrite) : undefined;
  const source = args.source ?? "AUTO";
  if (typeof args.asOf !== "string") {
    const ofRequest = afterWriteHeader ? readToken(afterWriteHeader, AFTER_WRITE_HEADER) : undefined;
    return { source, maxStalenessMs: maxStaleness, afterWrite: afterWrite ?? ofRequest };
  }
  if (source === "MIRROR")
    throw new VitrineError(
      "BAD_INPUT",
      "asOf: the mirror keeps the newest state only. Leave source out, or say LIVE.",
    );
  if (afterWrite)
    throw new VitrineError(
      "BAD_INPUT",
      "asOf: a moment cannot be asked to show a write: leave afterWrite out.",
    );
  return { source: "LIVE", maxStalenessMs: undefined, asOf: args.asOf };
}
