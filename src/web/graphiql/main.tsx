import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { provideWorkers } from "./editor-workers.ts";
import { openTabs, readStoredTabs } from "./open-tabs.ts";
import type { PageSettings } from "./page-settings.ts";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";

const { title, tabs }: PageSettings = JSON.parse(document.getElementById("settings")?.textContent ?? "");
const page = document.getElementById("page");
if (!page) throw new TypeError("The page has a place for GraphiQL.");

document.title = title;
provideWorkers();
const state = openTabs(
  tabs,
  readStoredTabs(() => localStorage),
  location.search,
);
// The link's operation is a tab from now on: a reload must not open it again.
if (location.search !== "") history.replaceState(null, "", location.pathname);

const url = new URL("/graphql", location.href).href;
const fetcher = createGraphiQLFetcher({ url, subscriptionUrl: url.replace(/^http/, "ws") });
createRoot(page).render(
  <GraphiQL
    {...state}
    fetcher={fetcher}
    plugins={[HISTORY_PLUGIN]}
    defaultEditorToolsVisibility="variables"
  />,
);
