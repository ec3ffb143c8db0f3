import { useSyncExternalStore } from "react";

/** What a visitor chose; `system` follows the machine's own setting. */
export type Theme = "light" | "dark" | "system";

const KEY = "vitrine:theme";
const CHANGED = "vitrine:theme-changed";
const themes: readonly Theme[] = ["system", "light", "dark"];

/** Reads what the visitor chose; `system` where nothing is, or may be, stored. */
export function readTheme(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system"; // forbidden by the browser's settings
  }
}

/** Shows the page in a theme, and remembers it for all pages. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It lasts as long as the page, then.
  }
  document.documentElement.dataset.theme = theme;
  dispatchEvent(new Event(CHANGED));
}

/** The theme after this one, as the button in the frame goes round. */
export const nextTheme = (theme: Theme): Theme =>
  themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";

/** The theme chosen, and whether that is dark now; follows both the choice and the machine. */
export function useTheme(): { readonly theme: Theme; readonly isDark: boolean } {
  const theme = useSyncExternalStore(watch, readShown);
  const isDark = useSyncExternalStore(watch, () => isDarkNow(readShown()));
  return { theme, isDark };
}

const readShown = (): Theme =>
  themes.find((theme) => theme === document.documentElement.dataset.theme) ?? readTheme();

const isDarkNow = (theme: Theme): boolean =>
  theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);

function watch(onChange: () => void): () => void {
  const machine = matchMedia("(prefers-color-scheme: dark)");
  machine.addEventListener("change", onChange);
  addEventListener(CHANGED, onChange);
  return () => {
    machine.removeEventListener("change", onChange);
    removeEventListener(CHANGED, onChange);
  };
}
