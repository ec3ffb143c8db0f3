import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { readSettings } from "../shared/read-settings.ts";
import { showPage } from "../shared/show-page.tsx";
import { useTheme } from "../shared/theme.ts";
import { provideWorkers } from "./editor-workers.ts";
import { openTabs, readStoredTabs } from "./open-tabs.ts";
import type { GraphiqlSettings } from "./page-settings.ts";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";

const { frame, own } = readSettings<GraphiqlSettings>();
provideWorkers();
const state = openTabs(
  own.examples[0],
  readStoredTabs(() => localStorage),
  location.search,
);
// The link's operation is a tab from now on: a reload must not open it again.
if (location.search !== "") history.replaceState(null, "", location.pathname);

const url = new URL("/graphql", location.href).href;
const fetcher = createGraphiQLFetcher({ url, subscriptionUrl: url.replace(/^http/, "ws") });

function Editor() {
  const { theme } = useTheme();
  return (
    <GraphiQL
      {...state}
      fetcher={fetcher}
      forcedTheme={theme}
      plugins={[HISTORY_PLUGIN]}
      defaultEditorToolsVisibility="variables"
    />
  );
}
showPage(frame, <Editor />, true);
