import { readSettings } from "../shared/read-settings.ts";
import { showPage } from "../shared/show-page.tsx";
import { Home } from "./home.tsx";
import type { HomeSettings } from "./page-settings.ts";

const { frame, own } = readSettings<HomeSettings>();
showPage(frame, <Home frame={frame} settings={own} />);
