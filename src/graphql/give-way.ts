/** What is followed, and who asked it first. */
interface Owned {
  readonly client: string;
}

/**
 * Which one ends so that a client may follow one more where there is no room: the newest of whoever has most, if that is more
 * than the client has then. Undefined: none.
 * @param followed the oldest first
 */
export function findGivingWay<One extends Owned>(followed: Iterable<One>, client: string): One | undefined {
  const counts = new Map<string, number>();
  const newest = new Map<string, One>();
  for (const one of followed) {
    counts.set(one.client, (counts.get(one.client) ?? 0) + 1);
    newest.set(one.client, one);
  }
  let greatest = (counts.get(client) ?? 0) + 1;
  let found: One | undefined;
  for (const [name, count] of counts)
    if (count > greatest) {
      greatest = count;
      found = newest.get(name);
    }
  return found;
}
