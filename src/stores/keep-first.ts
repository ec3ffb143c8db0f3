/** What is kept before it is cut again, beyond the first ones themselves. */
const SLACK = 1000;

/**
 * The first `limit` of many, in memory for twice as many (and those level with the last one): what comes after the
 * last one kept is dropped at once.
 */
export function keepFirst<T>(
  limit: number,
  order: {
    /** What decides who is level. */
    readonly wanted: (left: T, right: T) => number;
    /** The same, then what makes the order total. */
    readonly total: (left: T, right: T) => number;
    /** Also those that are level with the last one. */
    readonly withTies: boolean;
  },
): { add(item: T): void; all(): readonly T[] } {
  let kept: T[] = [];
  /** The last of the first `limit`, once there are so many. */
  let last: T | undefined;
  let cutAt = 2 * limit + SLACK;
  const cut = () => {
    kept.sort(order.total);
    last = limit > 0 ? kept[limit - 1] : undefined;
    let end = limit;
    if (order.withTies && last !== undefined)
      while (end < kept.length && order.wanted(kept[end] ?? last, last) === 0) end += 1;
    kept = kept.slice(0, end);
    cutAt = Math.max(2 * kept.length, limit) + SLACK;
  };
  return {
    add(item) {
      if (last !== undefined && (order.withTies ? order.wanted(item, last) : order.total(item, last)) > 0)
        return;
      kept.push(item);
      if (kept.length > cutAt) cut();
    },
    all() {
      cut();
      return kept;
    },
  };
}
