import { VitrineError } from "../errors.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

/**
 * `vitrine model check [NAME]`: whether views are as their models are defined, and which joins cost the cubes' questions needlessly.
 * @throws VitrineError UNHEALTHY when one is not; UNKNOWN_MODEL
 */
export async function checkModel(context: CommandContext, name: string | undefined): Promise<void> {
  // Loaded here: other commands need no parser.
  const { checkViews } = await import("../migrations/check-views.ts");
  const { describeNeedlessJoin, findNeedlessJoins } = await import("../migrations/check-cube-joins.ts");
  const { problems, needlessJoins } = await withSource(context, async ({ project, admin }) => {
    const models = chooseModels(project, name === undefined ? [] : [name]);
    const found = await checkViews(admin, project, models);
    // Of a view that is not as defined the server may refuse the questions.
    return { problems: found, needlessJoins: found.length > 0 ? [] : await findNeedlessJoins(admin, models) };
  });
  for (const { message } of problems) context.print(message);
  for (const join of needlessJoins) context.print(describeNeedlessJoin(join));
  context.printJson({ problems, needlessJoins });
  if (problems.length > 0)
    throw new VitrineError("UNHEALTHY", "A view is not as its model is defined.", {
      details: { models: [...new Set(problems.map(({ model }) => model))] },
    });
  context.print("Every view is as its model is defined.");
}
