import type { Filter } from "../stores/document-store.ts";

/** A filter that leaves what both leave. */
export function both(one: Filter | null, other: Filter | null): Filter | null {
  if (one === null || other === null) return one ?? other;
  return { kind: "and", filters: [one, other] };
}
