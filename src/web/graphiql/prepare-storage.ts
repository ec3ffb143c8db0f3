/** Sizes of GraphiQL's parts, beside the part next to them: a narrow list, and room for the answer. */
const sizes: Readonly<Record<string, string>> = {
  "graphiql:docExplorerFlex": "0.23",
  "graphiql:editorFlex": "0.62",
};

/** Gives GraphiQL's parts their sizes at a first visit; what a visitor has dragged stays. */
export function prepareStorage(storage: () => Pick<Storage, "getItem" | "setItem">): void {
  try {
    for (const [key, size] of Object.entries(sizes))
      if (storage().getItem(key) === null) storage().setItem(key, size);
  } catch {
    // Forbidden by the browser's settings: then they are as GraphiQL has them.
  }
}
