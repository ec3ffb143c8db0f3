import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { PageFrame } from "./page-frame.tsx";
import type { Frame } from "./read-settings.ts";
import { chooseTheme, readTheme } from "./theme.ts";

/** Puts a page's content into its place, framed. */
export function showPage(frame: Frame, content: ReactNode, isFull = false): void {
  const place = document.getElementById("page");
  if (!place) throw new TypeError("The page has a place for its content.");
  chooseTheme(readTheme());
  createRoot(place).render(
    <StrictMode>
      <PageFrame frame={frame} isFull={isFull}>
        {content}
      </PageFrame>
    </StrictMode>,
  );
}
