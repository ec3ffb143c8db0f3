import type { DocumentStore } from "../stores/document-store.ts";

type StoreName = DocumentStore["name"];

/** How long a request has waited for each store; reads that run at once count once. */
export interface ReadTimes {
  /** Counts the time until `read` ends. */
  during<T>(store: StoreName, read: Promise<T>): Promise<T>;
  /** Milliseconds by store; a store that was not asked is absent. */
  ms(): Readonly<Partial<Record<StoreName, number>>>;
}

interface Spell {
  running: number;
  since: number;
  ms: number;
}

/** Measures one request. */
export function createReadTimes(): ReadTimes {
  const spells = new Map<StoreName, Spell>();
  const begin = (store: StoreName): Spell => {
    const spell = spells.get(store) ?? { running: 0, since: 0, ms: 0 };
    if (spell.running === 0) spell.since = performance.now();
    spell.running += 1;
    spells.set(store, spell);
    return spell;
  };
  const end = (spell: Spell) => {
    spell.running -= 1;
    if (spell.running === 0) spell.ms += performance.now() - spell.since;
  };
  return {
    async during(store, read) {
      const spell = begin(store);
      try {
        return await read;
      } finally {
        end(spell);
      }
    },
    ms() {
      const now = performance.now();
      return Object.fromEntries(
        [...spells].map(([store, { running, since, ms }]) => [store, ms + (running > 0 ? now - since : 0)]),
      );
    },
  };
}
