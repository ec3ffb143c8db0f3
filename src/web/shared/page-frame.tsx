import type { ReactNode } from "react";
import type { Frame } from "./read-settings.ts";
import { chooseTheme, nextTheme, useTheme } from "./theme.ts";
import "./page-frame.css";

interface PageFrameProps {
  readonly frame: Frame;
  /** Fills the window with what it holds, which scrolls by itself: for an editor. */
  readonly isFull?: boolean;
  readonly children: ReactNode;
}

/** What stands around every page: the way to the others, and the choice between light and dark. */
export function PageFrame({ frame, isFull = false, children }: PageFrameProps) {
  return (
    <div className={isFull ? "frame frame-full" : "frame"}>
      <a className="frame-skip" href="#content">
        Skip to the content
      </a>
      <header className="frame-header">
        <span className="frame-title">{frame.title}</span>
        <nav aria-label="Pages">
          {frame.pages.map(({ title, path }) => (
            <a key={path} href={path} aria-current={path === frame.path ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        {frame.role !== undefined && <SignOutButton role={frame.role} />}
        <ThemeButton />
      </header>
      <main id="content" className="frame-content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

/** As whom its visitor is here, and the way out. */
function SignOutButton({ role }: { readonly role: string }) {
  const signOut = async () => {
    const headers = { "content-type": "application/json" };
    await fetch("/sign-out", { method: "POST", headers, body: "{}" });
    location.assign("/sign-in");
  };
  return (
    <button type="button" className="frame-role" title={`Signed in as ${role}`} onClick={signOut}>
      Sign out
    </button>
  );
}

const symbols = { system: "◐", light: "☀", dark: "☾" } as const;

function ThemeButton() {
  const { theme } = useTheme();
  const label = `Theme: ${theme}`;
  return (
    <button
      type="button"
      className="frame-theme"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(nextTheme(theme))}
    >
      <span aria-hidden="true">{symbols[theme]}</span>
    </button>
  );
}
