import type { Source } from "../app/open-app.ts";
import { judgeAnalystViews } from "../migrations/analyst-views.ts";
import { findModelProblems, type ModelProblem } from "../migrations/check-models.ts";

/** What is wrong with the views of a database, of models and for analysts. */
export const findViewProblems = async ({ admin, project }: Source): Promise<readonly ModelProblem[]> => [
  ...(await findModelProblems(admin, project)),
  ...(await judgeAnalystViews(admin, project.domains)).problems,
];
