import { useData } from "./load-data.ts";
import type { DocsErrors } from "./page-settings.ts";

/** Every code that an error can have: those of the engine, and the rules of each domain. */
export function ErrorsPart() {
  const errors = useData<DocsErrors>("errors");
  if (errors.state === "loading") return <p role="status">Loading …</p>;
  if (errors.state === "failed") return <p role="alert">{errors.reason}</p>;
  const { codes, rules } = errors.data;
  return (
    <article className="docs-wide">
      <h1>Errors</h1>
      <p>
        A GraphQL error has its code in <code>extensions.code</code>. A command ends with the exit code. What
        is not shown to clients reaches them as <code>INTERNAL</code>, and the log in full.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className="docs-scroll" aria-label="Codes" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Code</th>
              <th scope="col">What it means</th>
              <th scope="col">Exit code</th>
              <th scope="col">Shown to clients</th>
            </tr>
          </thead>
          <tbody>
            {codes.map(({ code, title, exit, isExposed }) => (
              <tr key={code} id={code}>
                <th scope="row">
                  <code>{code}</code>
                </th>
                <td>{title}</td>
                <td className="docs-number">{exit}</td>
                <td>{isExposed ? "yes" : "no"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <h2>Rules that the database enforces</h2>
      <p>
        Their errors have the code of the rule in <code>extensions.code</code>. SQL clients see its number.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className="docs-scroll" aria-label="Rules" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Code</th>
              <th scope="col">When</th>
              <th scope="col">Domain</th>
              <th scope="col">Number in SQL</th>
            </tr>
          </thead>
          <tbody>
            {rules.map(({ domain, number, code, description }) => (
              <tr key={number}>
                <th scope="row">
                  <code>{code}</code>
                </th>
                <td>{description}</td>
                <td>{domain}</td>
                <td className="docs-number">{number}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </article>
  );
}
