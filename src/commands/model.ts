import type { Command } from "commander";
import { checkModel } from "./check-model.ts";
import type { CommandContext } from "./context.ts";
import { registerModelExplain } from "./model-explain.ts";
import { createNewModel, type NewModelOptions } from "./new-model.ts";

/** `vitrine model new|check|explain`: a view and a definition that work; whether they still do; what concerns them. */
export function registerModel(command: Command, context: CommandContext): void {
  registerModelExplain(command, context);
  command
    .command("new <name>")
    .description("write the definition of a model, and its view, from a table or a view that there is")
    .option("--table <table>", "the table whose rows it shows")
    .option("--view <view>", "the view whose rows it shows; of the model's name: that view as it is")
    .option(
      "--key <columns>",
      "the column that is a document's id, or those that it is made of: a,b; default: the key",
    )
    .option("--domain <domain>", "the domain it belongs to; needed when the project has several")
    .action((name: string, options: NewModelOptions) => createNewModel(context, name, options));
  command
    .command("check [name]")
    .description("compare definitions with their views; ends with 1 when they differ")
    .action((name: string | undefined) => checkModel(context, name));
}
