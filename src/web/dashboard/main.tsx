import { readSettings } from "../shared/read-settings.ts";
import { showPage } from "../shared/show-page.tsx";
import { DashboardPage } from "./dashboard-page.tsx";
import { createFollower } from "./follow.ts";
import type { DashboardSettings } from "./page-settings.ts";

const { frame, own } = readSettings<DashboardSettings>();
// Beside the first questions, not after their answers.
void import("../shared/chart/render-chart.ts");
const follower = createFollower(new URL("/graphql", location.href).href);
const hasGraphiql = frame.pages.some(({ path }) => path === "/graphql");
showPage(
  frame,
  <DashboardPage path={frame.path} settings={own} follower={follower} hasGraphiql={hasGraphiql} />,
);
