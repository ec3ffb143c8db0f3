import { VitrineError } from "../errors.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

/**
 * `vitrine model check [NAME]`: whether views are as their models are defined.
 * @throws VitrineError UNHEALTHY when one is not; UNKNOWN_MODEL
 */
export async function checkModel(context: CommandContext, name: string | undefined): Promise<void> {
  // Loaded here: other commands need no parser.
  const { checkViews } = await import("../migrations/check-views.ts");
  const problems = await withSource(context, async ({ project, admin }) =>
    checkViews(admin, project, chooseModels(project, name === undefined ? [] : [name])),
  );
  for (const { message } of problems) context.print(message);
  context.printJson({ problems });
  if (problems.length > 0)
    throw new VitrineError("UNHEALTHY", "A view is not as its model is defined.", {
      details: { models: [...new Set(problems.map(({ model }) => model))] },
    });
  context.print("Every view is as its model is defined.");
}
