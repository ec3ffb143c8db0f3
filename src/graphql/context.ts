import type { RequestReads } from "./reads.ts";

/** What resolvers know about the request that they work for. */
export interface RequestContext {
  readonly reads: RequestReads;
}
