import { useDeferredValue, useMemo, useState } from "react";
import { hrefOf } from "./address.ts";
import { EntryView } from "./entry-view.tsx";
import { findUses } from "./lineage-of.ts";
import { useData } from "./load-data.ts";
import type { DatabaseFacts, Dictionary, DocsSettings, Entry } from "./page-settings.ts";
import { Prose } from "./prose.tsx";
import { createEntrySearch, type Found } from "./search-entries.ts";

interface DictionaryPartProps {
  readonly base: string;
  readonly domains: DocsSettings["domains"];
  readonly kind: string;
  readonly name: string | undefined;
}

const none: readonly Entry[] = [];

/** Everything that has a name, with a search; one entry whole when the address names it. */
export function DictionaryPart({ base, domains, kind, name }: DictionaryPartProps) {
  const dictionary = useData<Dictionary>("dictionary");
  const database = useData<DatabaseFacts>("database");
  const [words, setWords] = useState(() => new URLSearchParams(location.search).get("q") ?? "");
  const asked = useDeferredValue(words.trim());
  const entries = dictionary.state === "there" ? dictionary.data.entries : none;
  const search = useMemo(() => createEntrySearch(entries), [entries]);
  const facts = database.state === "there" ? database.data : null;
  const uses = useMemo(() => (facts ? findUses(entries, facts) : new Map()), [entries, facts]);
  if (dictionary.state === "loading") return <p role="status">Loading …</p>;
  if (dictionary.state === "failed") return <p role="alert">{dictionary.reason}</p>;
  const shown = entries.find((entry) => entry.kind === kind && entry.name === name);
  const found = asked === "" ? null : search(asked);
  return (
    <div className="docs-dictionary">
      <div className={shown ? "docs-side docs-side-behind" : "docs-side"}>
        <input
          type="search"
          className="docs-search"
          aria-label="Search tables, views, models and fields"
          placeholder="Search names and fields …"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {found ? (
          <Results base={base} found={found} />
        ) : (
          domains.map((domain) => (
            <DomainList key={domain.name} {...{ base, shown, domain: domain.name }} entries={entries} />
          ))
        )}
      </div>
      <article className="docs-entry">
        {shown && (
          <EntryView key={`${kind} ${name}`} {...{ base, entries, uses }} entry={shown} facts={facts} />
        )}
        {!shown && name !== undefined && <p role="alert">There is no {`${kind} ${name}`} any more.</p>}
        {!shown && name === undefined && <Overview {...{ base, domains, entries }} />}
        {database.state === "failed" && (
          <p role="alert">Lineage is not known just now, for the database was not asked: {database.reason}</p>
        )}
      </article>
    </div>
  );
}

const SHOWN_RESULTS = 60;

function Results({ base, found }: { readonly base: string; readonly found: readonly Found[] }) {
  return (
    <>
      <p className="docs-count" role="status">
        {found.length === 0 ? "Nothing is called or described so." : `${found.length} found`}
      </p>
      <ul className="docs-results">
        {found.slice(0, SHOWN_RESULTS).map(({ entry, fields }) => (
          <li key={`${entry.kind} ${entry.name}`}>
            <a href={hrefOf(base, entry)}>
              <strong>{entry.name}</strong> <small>{entry.kind}</small>
            </a>
            <span>
              <Prose text={entry.description} />
            </span>
            {fields.length > 0 && <code>{fields.join(", ")}</code>}
          </li>
        ))}
      </ul>
    </>
  );
}

const headings = [
  ["model", "Models"],
  ["cube", "Cubes"],
  ["view", "Views"],
  ["table", "Tables"],
  ["routine", "Procedures and functions"],
] as const;

interface DomainListProps {
  readonly base: string;
  readonly domain: string;
  readonly entries: readonly Entry[];
  readonly shown: Entry | undefined;
}

function DomainList({ base, domain, entries, shown }: DomainListProps) {
  const own = entries.filter((entry) => entry.domain === domain);
  return (
    <details open={shown?.domain === domain}>
      <summary>{domain}</summary>
      {headings.map(([kind, heading]) => {
        const some = own.filter((entry) => entry.kind === kind);
        return some.length === 0 ? null : (
          <div key={kind}>
            <h3>{heading}</h3>
            <ul>
              {some.map((entry) => (
                <li key={entry.name}>
                  <a href={hrefOf(base, entry)} aria-current={entry === shown ? "true" : undefined}>
                    {entry.name}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </details>
  );
}

function Overview({ base, domains, entries }: Omit<DictionaryPartProps, "kind" | "name"> & Dictionary) {
  return (
    <>
      <h1>Data dictionary</h1>
      <p>
        Tables hold what is written. Views turn rows into documents and facts; a model says what a view's
        columns are, and GraphQL serves it. Each field tells which columns of tables it comes from.
      </p>
      {domains.map(({ name, description }) => (
        <section key={name}>
          <h2>{name}</h2>
          <p>{description}</p>
          <ul className="docs-names">
            {entries
              .filter((entry) => entry.domain === name && (entry.kind === "model" || entry.kind === "cube"))
              .map((entry) => (
                <li key={entry.name}>
                  <a href={hrefOf(base, entry)}>{entry.name}</a> <Prose text={entry.description} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}
