import { existsSync } from "node:fs";
import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { loadProject } from "../load-project.ts";
import type { Project } from "../models/project.ts";
import type { CommandContext } from "./context.ts";

/**
 * Adds to the help pages what they can say of the project: its domains, and what can be imported. Nothing without a
 * project file; of one that cannot be loaded the reason, for a help page never fails.
 */
export async function addProjectHelp(program: Command, context: CommandContext): Promise<void> {
  const importing = program.commands.find((command) => command.name() === "import");
  try {
    const { projectFile } = context.config();
    if (!existsSync(projectFile)) return;
    const project = await loadProject(projectFile);
    program.addHelpText("after", `\n${describeDomains(project).join("\n")}`);
    importing?.addHelpText("after", `\n${describeImports(project).join("\n")}`);
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    program.addHelpText("after", `\nThe domains of the project are not known: ${error.message}`);
  }
}

type Domain = Project["domains"][number];

/** How each import of a domain is called, and its files. */
function listImports({ name, imports = {} }: Domain): readonly (readonly [string, readonly string[]])[] {
  const all = Object.entries(imports);
  return all.map(([which, { files }]) => [
    `vitrine import ${name} ${all.length === 1 ? "" : `${which} `}<folder>`,
    files.map(({ file }) => file),
  ]);
}

function describeDomains({ domains }: Project): readonly string[] {
  const width = Math.max(...domains.map(({ name }) => name.length));
  return [
    "Domains of the project:",
    ...domains.flatMap((domain) => [
      `  ${domain.name.padEnd(width)}  ${domain.description}`,
      ...listImports(domain).map(([call]) => `  ${" ".repeat(width)}  ${call}`),
    ]),
  ];
}

function describeImports({ domains }: Project): readonly string[] {
  const imports = domains.flatMap(listImports);
  const width = Math.max(...imports.map(([call]) => call.length));
  return imports.length === 0
    ? ["The project has no imports."]
    : [
        "Imports of the project:",
        ...imports.map(([call, files]) => `  ${call.padEnd(width)}  ${files.join(", ")}`),
      ];
}
