import { readSettings } from "../shared/read-settings.ts";
import { showPage } from "../shared/show-page.tsx";
import { DocsPage } from "./docs-page.tsx";
import type { DocsSettings } from "./page-settings.ts";

const { frame, own } = readSettings<DocsSettings>();
showPage(frame, <DocsPage base={frame.path} settings={own} />);
