import type { FeedWatch, MirrorFeed, OnChange } from "./mirror-feed.ts";

interface Shared {
  readonly watch: FeedWatch;
  readonly listeners: Set<OnChange>;
  /** It follows: who comes from now on misses nothing. */
  isOpen: boolean;
}

/** A feed whose readers are shared: of each model there is one, however many watch it, and none when nobody does. */
export function shareWatches(feed: MirrorFeed): MirrorFeed {
  const shared = new Map<string, Shared>();
  return {
    watch(model, onChange) {
      const one: Shared = shared.get(model.name) ?? {
        listeners: new Set(),
        isOpen: false,
        watch: feed.watch(model, (id) => {
          if (id === null) one.isOpen = true;
          for (const listener of [...one.listeners]) listener(id);
        }),
      };
      shared.set(model.name, one);
      // A listener of its own for each call: one function may watch twice.
      const listener: OnChange = (id) => onChange(id);
      one.listeners.add(listener);
      if (one.isOpen) queueMicrotask(() => one.listeners.has(listener) && listener(null));
      return {
        async stop() {
          if (!one.listeners.delete(listener) || one.listeners.size > 0) return;
          if (shared.get(model.name) === one) shared.delete(model.name);
          await one.watch.stop();
        },
      };
    },
  };
}
