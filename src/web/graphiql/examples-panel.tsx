import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import type { GraphQLSchema } from "graphql";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { findExamples, findFault } from "./find-examples.ts";
import type { ExampleSettings, PageTab } from "./page-settings.ts";
import type { SavedExample, SavedExamples } from "./saved-examples.ts";
import { saveFile, toFileName } from "./take-away.ts";

interface ExamplesPanelProps {
  readonly examples: readonly ExampleSettings[];
  readonly saved: SavedExamples;
}

/** Examples by domain and group, and those of the visitor; each opens in the tab in front, unless something of one's own is there. */
export function ExamplesPanel({ examples, saved }: ExamplesPanelProps) {
  const [search, setSearch] = useState("");
  const mine = useSyncExternalStore(saved.watch, saved.read);
  const open = useOpenExample(examples, mine);
  const schema = useGraphiQL((state) => state.schema);
  const query = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.query ?? "");
  const found = useMemo(() => findExamples(examples, search), [examples, search]);
  const domains = [...new Set(found.map(({ domain }) => domain))];
  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      <input
        type="search"
        placeholder="Search examples"
        aria-label="Search examples"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {mine.length > 0 && (
        <details open>
          <summary>Mine</summary>
          <ul>
            {mine.map((example) => (
              <SavedItem key={example.title} example={example} schema={schema} saved={saved} onOpen={open} />
            ))}
          </ul>
        </details>
      )}
      {domains.map((domain) => (
        <Domain
          key={domain}
          domain={domain}
          examples={found.filter((example) => example.domain === domain)}
          isOpen={search !== "" || domain === domains[0]}
          current={query}
          onOpen={open}
        />
      ))}
      {found.length === 0 && <p>No example is called so.</p>}
    </section>
  );
}

interface DomainProps {
  readonly domain: string;
  readonly examples: readonly ExampleSettings[];
  readonly isOpen: boolean;
  readonly current: string;
  readonly onOpen: (example: PageTab) => void;
}

function Domain({ domain, examples, isOpen, current, onOpen }: DomainProps) {
  const groups = [...new Set(examples.map(({ group }) => group))];
  return (
    <details open={isOpen}>
      <summary>{domain}</summary>
      {groups.map((group) => (
        <section key={group} aria-label={`${domain}: ${group}`}>
          <h3>{group}</h3>
          <ul>
            {examples
              .filter((example) => example.group === group)
              .map((example) => (
                <li key={example.title}>
                  <button
                    type="button"
                    aria-current={example.query === current ? "true" : undefined}
                    onClick={() => onOpen(example)}
                  >
                    {example.title}
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </details>
  );
}

interface SavedItemProps {
  readonly example: SavedExample;
  readonly schema: GraphQLSchema | null | undefined;
  readonly saved: SavedExamples;
  readonly onOpen: (example: PageTab) => void;
}

function SavedItem({ example, schema, saved, onOpen }: SavedItemProps) {
  const { title, query } = example;
  const fault = useMemo(() => (schema ? findFault(schema, query) : null), [schema, query]);
  return (
    <li className="saved-example">
      <button type="button" onClick={() => onOpen(example)}>
        {title}
      </button>
      <button
        type="button"
        aria-label={`Download ${title}`}
        title="Save as a .graphql file, for the project's examples"
        onClick={() => saveFile(`${toFileName(title)}.graphql`, "application/graphql", query)}
      >
        ⤓
      </button>
      <button type="button" aria-label={`Forget ${title}`} title="Forget" onClick={() => saved.remove(title)}>
        ×
      </button>
      {fault !== null && <p className="is-bad">It does not fit the schema any more: {fault}</p>}
    </li>
  );
}

/**
 * Puts an example into the tab in front, or into a new one when that would cost somebody what they wrote: at once, or
 * as soon as the editors are there, which load after the list.
 */
function useOpenExample(examples: readonly ExampleSettings[], mine: readonly SavedExample[]) {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const [wanted, setWanted] = useState<PageTab | null>(null);
  useEffect(() => {
    if (!wanted || !queryEditor || !variableEditor) return;
    setWanted(null);
    const current = queryEditor.getValue();
    const isKnown = [...examples, ...mine].some((example) => example.query === current);
    if (current.trim() !== "" && !isKnown) addTab();
    queryEditor.setValue(wanted.query);
    variableEditor.setValue(wanted.variables ?? "");
  }, [wanted, queryEditor, variableEditor, examples, mine, addTab]);
  return setWanted;
}
