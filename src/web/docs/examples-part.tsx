import { useState } from "react";
import { useData } from "./load-data.ts";
import type { DocsExample } from "./page-settings.ts";

/** Every example of the project, by domain and group; each opens in GraphiQL. */
export function ExamplesPart() {
  const examples = useData<readonly DocsExample[]>("examples");
  const [words, setWords] = useState("");
  if (examples.state === "loading") return <p role="status">Loading …</p>;
  if (examples.state === "failed") return <p role="alert">{examples.reason}</p>;
  const asked = words.trim().toLowerCase();
  const shown = examples.data.filter(({ domain, group, title, query }) =>
    `${domain} ${group} ${title} ${query}`.toLowerCase().includes(asked),
  );
  const groups = groupExamples(shown);
  return (
    <article className="docs-wide">
      <h1>Examples</h1>
      <input
        type="search"
        className="docs-search"
        aria-label="Search examples"
        placeholder="Search examples by their title or text …"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <p className="docs-count" role="status">
        {shown.length} of {examples.data.length}
      </p>
      {[...groups].map(([group, some]) => (
        <section key={group}>
          <h2>{group}</h2>
          <ul className="docs-examples">
            {some.map(({ title, query, href }) => (
              <li key={title}>
                <a href={href}>{title}</a>
                <details>
                  <summary>query</summary>
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
                  <pre tabIndex={0}>{query}</pre>
                </details>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </article>
  );
}

function groupExamples(examples: readonly DocsExample[]): ReadonlyMap<string, readonly DocsExample[]> {
  const groups = new Map<string, DocsExample[]>();
  for (const example of examples) {
    const name = `${example.domain} · ${example.group}`;
    groups.set(name, [...(groups.get(name) ?? []), example]);
  }
  return groups;
}
