import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { createGraphiQLFetcher, type Fetcher, type FetcherOpts, type FetcherParams } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { readSettings } from "../shared/read-settings.ts";
import { showPage } from "../shared/show-page.tsx";
import { useTheme } from "../shared/theme.ts";
import { CompleteValues } from "./complete-values.tsx";
import { provideWorkers } from "./editor-workers.ts";
import { ExamplesIcon } from "./examples-icon.tsx";
import { ExamplesPanel } from "./examples-panel.tsx";
import { readLink } from "./link.ts";
import { openTabs, readStoredTabs } from "./open-tabs.ts";
import type { GraphiqlSettings } from "./page-settings.ts";
import { prepareStorage } from "./prepare-storage.ts";
import { ResultPanel, readView } from "./result-panel.tsx";
import { recordRuns } from "./runs.ts";
import { openSavedExamples } from "./saved-examples.ts";
import { createValueReader } from "./value-source.ts";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";

const { frame, own } = readSettings<GraphiqlSettings>();
provideWorkers();
prepareStorage(() => localStorage);
const link = readLink(new URL(location.href));
const state = openTabs(
  own.examples[0],
  readStoredTabs(() => localStorage),
  link,
);
// The link's operation is a tab from now on: a reload must not open it again.
if (link) history.replaceState(null, "", location.pathname);

const url = new URL("/graphql", location.href).href;
const ask = createGraphiQLFetcher({
  url,
  subscriptionUrl: url.replace(/^http/, "ws"),
  enableIncrementalDelivery: false,
});
/** The schema is ready as a file, which the browser keeps until it changes. */
const readSchema = async () => ({ data: await (await fetch("/data/graphiql/introspection.json")).json() });
const { runs, fetcher } = recordRuns((params: FetcherParams, options?: FetcherOpts) =>
  params.operationName === "IntrospectionQuery" ? readSchema() : ask(params, options),
);
const saved = openSavedExamples(() => localStorage);
const readValues = createValueReader(url);
const examplesPlugin = {
  title: "Examples",
  icon: ExamplesIcon,
  content: () => <ExamplesPanel examples={own.examples} saved={saved} />,
};
const plugins = [examplesPlugin, HISTORY_PLUGIN];
/** Beside a narrow window's editors there is no room for a list. */
const firstPlugin = matchMedia("(min-width: 900px)").matches ? examplesPlugin : undefined;

function Editor() {
  const { theme } = useTheme();
  return (
    <GraphiQL
      {...state}
      // It returns what the fetcher that it records does.
      fetcher={fetcher as Fetcher}
      forcedTheme={theme}
      plugins={plugins}
      {...(firstPlugin && { visiblePlugin: firstPlugin })}
      defaultEditorToolsVisibility="variables"
    >
      <CompleteValues readValues={readValues} />
      <GraphiQL.Logo>
        <span />
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <ResultPanel
          runs={runs}
          saved={saved}
          settings={own}
          readValues={readValues}
          firstView={link?.view ?? readView()}
          isRunAtOnce={link !== null && link.view !== null}
        />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}
showPage(frame, <Editor />, true);
