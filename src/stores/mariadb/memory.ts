/** What was read not long ago. */
export interface Memory {
  /** What `read` gave under this key no longer ago than `keepMs`; reads it else. Failures are not kept. */
  remember<T>(key: string, keepMs: number, read: () => Promise<T>): Promise<T>;
  /** Reads it anew the next time. */
  forget(key: string): void;
}

/** A memory that holds nothing yet. */
export function createMemory(): Memory {
  const known = new Map<string, { readonly at: number; readonly value: Promise<unknown> }>();
  return {
    remember<T>(key: string, keepMs: number, read: () => Promise<T>): Promise<T> {
      const found = known.get(key);
      // Of the type that the key always has.
      if (found && performance.now() - found.at <= keepMs) return found.value as Promise<T>;
      const value = read();
      const entry = { at: performance.now(), value };
      known.set(key, entry);
      value.catch(() => {
        if (known.get(key) === entry) known.delete(key);
      });
      return value;
    },
    forget: (key) => void known.delete(key),
  };
}
