import type { Frame } from "../shared/read-settings.ts";
import type { HomeSettings } from "./page-settings.ts";
import "./home.css";

/** What each page is for; a page that is not named here is linked by its title alone. */
const purposes: Readonly<Record<string, string>> = {
  "/graphql": "Ask a question, and see its answer as a table, a chart, JSON or the SQL behind it.",
  "/dashboard": "How business goes, at a glance: charts that follow what happens.",
  "/docs": "What there is: tables, views, models and fields, examples, and the codes of errors.",
};

/** The way to all pages, and questions to begin with. */
export function Home({ frame, settings }: { readonly frame: Frame; readonly settings: HomeSettings }) {
  return (
    <div className="home">
      <h1>{frame.title}</h1>
      <p className="home-lead">
        SQL views as documents, from MariaDB or from its mirror in MongoDB, through one GraphQL schema.
      </p>
      <ul className="home-pages">
        {frame.pages
          .filter(({ path }) => path !== frame.path)
          .map(({ title, path }) => (
            <li key={path}>
              <a href={path}>
                <strong>{title}</strong>
                <span>{purposes[path]}</span>
              </a>
            </li>
          ))}
      </ul>
      {settings.domains.some(({ questions }) => questions.length > 0) && <h2>Questions to begin with</h2>}
      <div className="home-domains">
        {settings.domains.map(({ name, description, questions }) => (
          <section key={name} aria-labelledby={`domain-${name}`}>
            <h3 id={`domain-${name}`}>{name}</h3>
            <p>{description}</p>
            <ul>
              {questions.map(({ title, href }) => (
                <li key={title}>
                  <a href={href}>{title}</a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <h2>For programs</h2>
      <dl className="home-addresses">
        <Address path="/graphql" purpose="GraphQL over HTTP, event streams and WebSocket" />
        <Address
          path="/export/<model>.<format>"
          href="/docs"
          purpose="all of a model as CSV, NDJSON, JSON or Parquet: Docs has the links"
        />
        {settings.hasProbes && (
          <>
            <Address path="/healthz" purpose="whether the gateway runs" />
            <Address path="/readyz" purpose="whether it can answer yet" />
            <Address path="/servez" purpose="whether a balancer should send it requests" />
            <Address path="/metrics" purpose="figures for Prometheus" />
          </>
        )}
      </dl>
    </div>
  );
}

interface AddressProps {
  readonly path: string;
  /** Where it leads, if its path is a form of addresses. */
  readonly href?: string;
  readonly purpose: string;
}

function Address({ path, href = path, purpose }: AddressProps) {
  return (
    <div>
      <dt>
        <a href={href}>
          <code>{path}</code>
        </a>
      </dt>
      <dd>{purpose}</dd>
    </div>
  );
}
