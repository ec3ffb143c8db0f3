import { useEffect, useState } from "react";
import type { Entry } from "./page-settings.ts";

/** The parts of the address below the page's own: `/docs/table/order` → `["table", "order"]`. */
export function useParts(base: string): readonly string[] {
  const [parts, setParts] = useState(() => readParts(base));
  useEffect(() => {
    const update = () => setParts(readParts(base));
    window.addEventListener("popstate", update);
    return () => window.removeEventListener("popstate", update);
  }, [base]);
  return parts;
}

const readParts = (base: string): readonly string[] =>
  location.pathname
    .slice(base.length)
    .split("/")
    .filter((part) => part !== "")
    .map(decodeText);

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Follows links within the page without loading it again; what is to open elsewhere is left to the browser. */
export function followLinks(base: string, event: React.MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
    return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.origin !== location.origin) return;
  if (link.pathname !== base && !link.pathname.startsWith(`${base}/`)) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  window.dispatchEvent(new PopStateEvent("popstate"));
  window.scrollTo(0, 0);
}

/** The address of an entry. */
export const hrefOf = (base: string, { kind, name }: Pick<Entry, "kind" | "name">): string =>
  `${base}/${kind}/${encodeURIComponent(name)}`;
