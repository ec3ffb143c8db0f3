import { Fragment } from "react";
import { hrefOf } from "./address.ts";
import { sourcesOf, type Use } from "./lineage-of.ts";
import type { DatabaseFacts, Entry, EntryField } from "./page-settings.ts";
import { Prose } from "./prose.tsx";

const kinds: Readonly<Record<Entry["kind"], string>> = {
  model: "model",
  cube: "cube",
  view: "view",
  table: "table",
  routine: "procedure or function",
};

interface EntryViewProps {
  readonly base: string;
  readonly entry: Entry;
  readonly entries: readonly Entry[];
  /** Null while they are not known. */
  readonly facts: DatabaseFacts | null;
  readonly uses: ReadonlyMap<string, readonly Use[]>;
}

/** One thing whole: what it is, its fields, and where each comes from or goes. */
export function EntryView({ base, entry, entries, facts, uses }: EntryViewProps) {
  const isTable = entry.kind === "table";
  const hasTypes = entry.fields.some(({ type }) => type !== "");
  const hasTexts = entry.fields.some(({ description }) => description !== "");
  return (
    <>
      <p className="docs-kind">
        {kinds[entry.kind]} of <a href={`${base}/diagram/${entry.domain}`}>{entry.domain}</a>
      </p>
      <h1>{entry.name}</h1>
      <p>
        <Prose text={entry.description} />
      </p>
      <dl className="docs-facts">
        {entry.facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {entry.files && (
          <div>
            <dt>All of it as a file</dt>
            <dd className="docs-files">
              {entry.files.map(({ title, href }) => (
                <a key={href} href={href}>
                  {title}
                </a>
              ))}
            </dd>
          </div>
        )}
      </dl>
      {entry.fields.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section className="docs-scroll" aria-label={isTable ? "Columns" : "Fields"} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{isTable || entry.kind === "view" ? "Column" : "Field"}</th>
                {hasTypes && <th scope="col">Type</th>}
                {hasTexts && <th scope="col">What it is</th>}
                <th scope="col">{isTable ? "Shown by" : "Comes from"}</th>
              </tr>
            </thead>
            <tbody>
              {entry.fields.map((field) => (
                <tr key={field.name}>
                  <th scope="row">
                    <code>{field.name}</code>
                    {isPersonal(entry, field, entries, facts) && <em className="docs-personal">personal</em>}
                  </th>
                  {hasTypes && <td>{field.type}</td>}
                  {hasTexts && (
                    <td>
                      <Prose text={field.description} />
                    </td>
                  )}
                  <td className="docs-lineage">
                    {isTable ? (
                      <Uses {...{ base, entries }} uses={uses.get(`${entry.name}.${field.name}`) ?? []} />
                    ) : (
                      <Sources {...{ base, entry, entries, field, facts }} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

type FieldPlace = Pick<EntryViewProps, "base" | "entry" | "entries" | "facts"> & {
  readonly field: EntryField;
};

function Sources({ base, entry, entries, field, facts }: FieldPlace) {
  if (field.column === null) {
    const target = entries.find(
      ({ name }) => name === entry.links.find(([from]) => from === field.name)?.[1],
    );
    return target ? <a href={hrefOf(base, target)}>{target.name}</a> : null;
  }
  if (facts === null) return <span>…</span>;
  const sources = sourcesOf(entry, field, facts);
  if (sources === null) return <span>not told by its text</span>;
  if (sources.length === 0) return <span>no column: a constant</span>;
  return (
    <ul>
      {sources.map((source) => {
        const [table = "", column] = source.split(".");
        const target = entries.find(({ kind, name }) => kind === "table" && name === table);
        const text = column === "*" ? `rows of ${table}` : source;
        const shown = <Breakable text={text} />;
        return <li key={source}>{target ? <a href={hrefOf(base, target)}>{shown}</a> : shown}</li>;
      })}
    </ul>
  );
}

/** A name that goes on in the next line after a dot or an underscore, and not within a word. */
function Breakable({ text }: { readonly text: string }) {
  return text.split(/(?<=[._])/).map((part, index) => (
    // Parts of a text stay in their order.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

const SHOWN_USES = 5;

interface UsesProps {
  readonly base: string;
  readonly entries: readonly Entry[];
  readonly uses: readonly Use[];
}

function Uses({ base, entries, uses }: UsesProps) {
  const links = uses.map(({ entry: name, field }) => {
    const target = entries.find((entry) => entry.name === name && entry.kind !== "table");
    return (
      <li key={`${name}.${field}`}>{target && <a href={hrefOf(base, target)}>{`${name}.${field}`}</a>}</li>
    );
  });
  if (links.length <= SHOWN_USES) return <ul>{links}</ul>;
  return (
    <>
      <ul>{links.slice(0, SHOWN_USES)}</ul>
      <details>
        <summary>{links.length - SHOWN_USES} more</summary>
        <ul>{links.slice(SHOWN_USES)}</ul>
      </details>
    </>
  );
}

/** Whether a column tells of a person, or a field is made of one that does. */
function isPersonal(
  entry: Entry,
  field: EntryField,
  entries: readonly Entry[],
  facts: DatabaseFacts | null,
): boolean {
  if (field.isPersonal || facts === null) return field.isPersonal;
  return (sourcesOf(entry, field, facts) ?? []).some((source) => {
    const [table, column] = source.split(".");
    const fields = entries.find(({ kind, name }) => kind === "table" && name === table)?.fields ?? [];
    return fields.some((one) => one.name === column && one.isPersonal);
  });
}
