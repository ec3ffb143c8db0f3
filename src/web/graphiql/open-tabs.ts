import type { Link } from "./link.ts";
import type { PageTab } from "./page-settings.ts";

/** What GraphiQL is started with. */
interface OpenTabs {
  readonly defaultTabs: PageTab[];
  readonly initialQuery: string;
  readonly initialVariables: string;
}

/** Where GraphiQL keeps the tabs of a visit. */
const TABS_KEY = "graphiql:tabState";

/**
 * The tabs of a visit: those of the last one, else one with the first example; in front the operation of a link.
 * GraphiQL by itself takes the text of its editors from elsewhere than its tabs, and opens a new tab when they differ:
 * given the text of the tab that was open, they never do.
 */
export function openTabs(first: PageTab | undefined, stored: string | null, link: Link | null): OpenTabs {
  const open = link ?? readOpenTab(stored) ?? first;
  const { query, variables } = link ?? first ?? { query: "", variables: null };
  return {
    defaultTabs: [{ query, variables }],
    initialQuery: open?.query ?? "",
    initialVariables: open?.variables ?? "",
  };
}

/** The tabs of the last visit as GraphiQL stored them; null when there was none. */
export function readStoredTabs(storage: () => { getItem(key: string): string | null }): string | null {
  try {
    return storage().getItem(TABS_KEY);
  } catch {
    return null; // forbidden by the browser's settings
  }
}

function readOpenTab(stored: string | null): PageTab | null {
  try {
    const { tabs, activeTabIndex } = JSON.parse(stored ?? "");
    const { query, variables } = tabs[activeTabIndex];
    return { query: query ?? "", variables: variables ?? null };
  } catch {
    return null; // GraphiQL takes it for a first visit, too
  }
}
