import { isDeepStrictEqual } from "node:util";

/** A place where two documents differ; undefined: nothing is there. */
export interface Difference {
  /** `orders.0.total`. */
  readonly path: string;
  readonly live: unknown;
  readonly mirror: unknown;
}

/** Where two JSON values differ: the deepest places, in order, at most `limit`. */
export function findDifferences(live: unknown, mirror: unknown, limit = 20): readonly Difference[] {
  const differences: Difference[] = [];
  const compare = (a: unknown, b: unknown, path: string) => {
    if (differences.length >= limit || isDeepStrictEqual(a, b)) return;
    const left = membersOf(a);
    const right = membersOf(b);
    if (!left || !right || Array.isArray(a) !== Array.isArray(b)) {
      differences.push({ path, live: a, mirror: b });
      return;
    }
    const before = differences.length;
    for (const key of new Set([...left.keys(), ...right.keys()]))
      compare(left.get(key), right.get(key), path === "" ? key : `${path}.${key}`);
    // Equal members in another order: the bytes differ all the same.
    if (differences.length === before)
      differences.push({
        path: `${path} (order of keys)`,
        live: [...left.keys()],
        mirror: [...right.keys()],
      });
  };
  compare(live, mirror, "");
  if (differences.length === 0 && JSON.stringify(live) !== JSON.stringify(mirror))
    differences.push({ path: "(order of keys)", live: keysOf(live), mirror: keysOf(mirror) });
  return differences;
}

const keysOf = (value: unknown): readonly string[] => [...(membersOf(value)?.keys() ?? [])];

/** Members of an object or list; undefined for a scalar, and for a typed scalar such as `{"$numberInt": "1"}`. */
function membersOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value);
  return entries[0]?.[0].startsWith("$") ? undefined : new Map(entries);
}
