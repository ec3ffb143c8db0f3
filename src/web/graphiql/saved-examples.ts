import type { PageTab } from "./page-settings.ts";

/** An example that a visitor saved, in this browser. */
export interface SavedExample extends PageTab {
  readonly title: string;
}

/** What a visitor saved. */
export interface SavedExamples {
  readonly read: () => readonly SavedExample[];
  readonly watch: (onChange: () => void) => () => void;
  /** Saves under a title, in place of what had it; false where the browser does not let it. */
  readonly save: (example: SavedExample) => boolean;
  readonly remove: (title: string) => void;
}

const KEY = "vitrine:examples";

/** Keeps examples in a store of the browser; what cannot be read there counts as nothing. */
export function openSavedExamples(storage: () => Pick<Storage, "getItem" | "setItem">): SavedExamples {
  const watchers = new Set<() => void>();
  let examples = readStored(storage);
  const write = (next: readonly SavedExample[]): boolean => {
    try {
      storage().setItem(KEY, JSON.stringify(next));
    } catch {
      return false; // full, or forbidden by the browser's settings
    }
    examples = next;
    for (const watcher of watchers) watcher();
    return true;
  };
  return {
    read: () => examples,
    watch(onChange) {
      watchers.add(onChange);
      return () => void watchers.delete(onChange);
    },
    save: (example) => write([...examples.filter(({ title }) => title !== example.title), example]),
    remove: (title) => void write(examples.filter((one) => one.title !== title)),
  };
}

function readStored(storage: () => Pick<Storage, "getItem">): readonly SavedExample[] {
  try {
    const stored: unknown = JSON.parse(storage().getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isExample) : [];
  } catch {
    return [];
  }
}

const isExample = (value: unknown): value is SavedExample => {
  if (typeof value !== "object" || value === null) return false;
  const { title, query, variables } = value as Record<string, unknown>;
  return (
    typeof title === "string" &&
    typeof query === "string" &&
    (variables === null || typeof variables === "string")
  );
};
