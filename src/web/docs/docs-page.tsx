import { followLinks, useParts } from "./address.ts";
import { DiagramPart } from "./diagram-part.tsx";
import { DictionaryPart } from "./dictionary-part.tsx";
import { ErrorsPart } from "./errors-part.tsx";
import { ExamplesPart } from "./examples-part.tsx";
import type { DocsSettings } from "./page-settings.ts";
import "./page.css";

const parts = [
  { path: "", title: "Dictionary" },
  { path: "/diagram", title: "Diagram" },
  { path: "/examples", title: "Examples" },
  { path: "/errors", title: "Errors" },
] as const;

interface DocsPageProps {
  /** Path of the page. */
  readonly base: string;
  readonly settings: DocsSettings;
}

/** What there is: the data dictionary with lineage, diagrams of entities, examples and the codes of errors. */
export function DocsPage({ base, settings }: DocsPageProps) {
  const [first = "", second, third] = useParts(base);
  const current = parts.find(({ path }) => path === `/${first}`) ?? parts[0];
  return (
    // Links work by the keyboard as they are: this only spares a load.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div className="docs" onClick={(event) => followLinks(base, event)}>
      <nav className="docs-parts" aria-label="Parts of the docs">
        {parts.map(({ path, title }) => (
          <a key={path} href={base + path} aria-current={path === current.path ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {current.path === "" && (
        <DictionaryPart base={base} domains={settings.domains} kind={first} name={second} />
      )}
      {current.path === "/diagram" && (
        <DiagramPart base={base} domains={settings.domains} domain={second} kind={third} />
      )}
      {current.path === "/examples" && <ExamplesPart />}
      {current.path === "/errors" && <ErrorsPart />}
    </div>
  );
}
