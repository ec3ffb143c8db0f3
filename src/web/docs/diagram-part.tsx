import { useEffect, useId, useMemo, useState } from "react";
import { useTheme } from "../shared/theme.ts";
import { hrefOf } from "./address.ts";
import { type DiagramKind, drawEntities, type Relation, relationsOf } from "./draw-entities.ts";
import { useData } from "./load-data.ts";
import type { DatabaseFacts, Dictionary, DocsSettings, Entry } from "./page-settings.ts";

interface DiagramPartProps {
  readonly base: string;
  readonly domains: DocsSettings["domains"];
  readonly domain: string | undefined;
  readonly kind: string | undefined;
}

/** How tables refer to each other, or how models link, of one domain: as a picture, and as a list beneath it. */
export function DiagramPart({ base, domains, domain = domains[0]?.name ?? "", kind }: DiagramPartProps) {
  const dictionary = useData<Dictionary>("dictionary");
  const database = useData<DatabaseFacts>("database");
  const shown: DiagramKind = kind === "models" ? "models" : "tables";
  const entries = dictionary.state === "there" ? dictionary.data.entries : null;
  const keys = database.state === "there" ? database.data.keys : null;
  const relations = useMemo(
    () => (entries && (keys || shown === "models") ? relationsOf(shown, domain, entries, keys ?? []) : null),
    [entries, keys, shown, domain],
  );
  const link = (to: string, as: DiagramKind) => `${base}/diagram/${encodeURIComponent(to)}/${as}`;
  const failed = [dictionary, ...(shown === "tables" ? [database] : [])].find(
    (one) => one.state === "failed",
  );
  return (
    <article className="docs-wide">
      <h1>
        {shown === "tables" ? `Tables of ${domain} by their keys` : `Models of ${domain} by their links`}
      </h1>
      <nav className="docs-choices" aria-label="Domain and kind">
        {domains.map(({ name }) => (
          <a key={name} href={link(name, shown)} aria-current={name === domain ? "true" : undefined}>
            {name}
          </a>
        ))}
        <span aria-hidden="true" />
        {(["tables", "models"] as const).map((one) => (
          <a key={one} href={link(domain, one)} aria-current={one === shown ? "true" : undefined}>
            {one}
          </a>
        ))}
      </nav>
      {failed?.state === "failed" && <p role="alert">{failed.reason}</p>}
      {!relations && !failed && <p role="status">Loading …</p>}
      {relations?.length === 0 && <p>Nothing here refers to anything.</p>}
      {relations && entries && relations.length > 0 && (
        <>
          <Drawing text={drawEntities(relations, entries)} />
          <RelationList {...{ base, relations, entries }} />
        </>
      )}
    </article>
  );
}

/** Mermaid is loaded when the first drawing is shown. */
function Drawing({ text }: { readonly text: string }) {
  const id = useId().replace(/[^\w]/g, "");
  const { isDark } = useTheme();
  const [svg, setSvg] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    let isGone = false;
    draw(`drawing${id}`, text, isDark).then(
      (drawn) => isGone || setSvg(drawn),
      (error: Error) => isGone || setFault(error.message),
    );
    return () => {
      isGone = true;
    };
  }, [id, text, isDark]);
  if (fault !== null) return <p role="alert">It could not be drawn: {fault}. The list says the same.</p>;
  if (svg === null) return <p role="status">Drawing …</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="docs-drawing" aria-label="Diagram; the list below says the same" tabIndex={0}>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: made by Mermaid with its strict level, of quoted names */}
      <div aria-hidden="true" dangerouslySetInnerHTML={{ __html: svg }} />
    </section>
  );
}

async function draw(id: string, text: string, isDark: boolean): Promise<string> {
  const { default: mermaid } = await import("mermaid");
  mermaid.initialize({
    ...{ startOnLoad: false, securityLevel: "strict", theme: isDark ? "dark" : "neutral" },
    themeVariables: { fontSize: "13px" },
    // Its own labels are grey on grey at night.
    themeCSS: ".edgeLabel, .edgeLabel p, .labelBkg { background-color: var(--ground); color: var(--text); }",
  });
  return (await mermaid.render(id, text)).svg;
}

interface RelationListProps {
  readonly base: string;
  readonly relations: readonly Relation[];
  readonly entries: readonly Entry[];
}

function RelationList({ base, relations, entries }: RelationListProps) {
  const link = (name: string) => {
    const entry = entries.find((one) => one.name === name);
    return entry ? <a href={hrefOf(base, entry)}>{name}</a> : name;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="docs-scroll" aria-label="Relations" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">by</th>
            <th scope="col">to</th>
          </tr>
        </thead>
        <tbody>
          {relations.map(({ from, to, by }) => (
            <tr key={`${from} ${by} ${to}`}>
              <td>{link(from)}</td>
              <td>
                <code>{by}</code>
              </td>
              <td>{link(to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
