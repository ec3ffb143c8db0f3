import type { Command } from "commander";
import type { CommandContext } from "./context.ts";

/** `vitrine test [FILE…]`: the project against its own servers, and what its people wrote as tests. */
export function registerTest(command: Command, context: CommandContext): void {
  command.action(async (files: readonly string[]) => {
    // Loaded here, so that the other commands need not wait for GraphQL.
    const { testProject } = await import("./test-project.ts");
    await testProject(context, files);
  });
}
