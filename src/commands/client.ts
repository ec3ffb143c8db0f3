import type { Command } from "commander";
import { projectForRole, rolesOf } from "../access/project-for-role.ts";
import { VitrineError } from "../errors.ts";
import { renderClientFiles } from "../graphql/client-files.ts";
import { createSchema } from "../graphql/schema.ts";
import { loadProject } from "../load-project.ts";
import type { Project } from "../models/project.ts";
import type { CommandContext } from "./context.ts";
import { writeGenerated } from "./write-generated.ts";

/**
 * `vitrine client --out DIR [--role ROLE] [--check]`: what a front end needs to read the project's schema, or what of it a role
 * may see; no server is asked.
 */
export function registerClient(command: Command, context: CommandContext): void {
  command
    .requiredOption("--out <dir>", "where the files go; those of these names that are there are replaced")
    .option("--role <role>", "the schema as this role has it; default: all of it")
    .option("--check", "write nothing; fail when they are not current")
    .action(async ({ out, role, check }: { out: string; role?: string; check?: true }) => {
      const project = await loadProject(context.config().projectFile);
      const shown = role === undefined ? project : readRole(project, role);
      const files = renderClientFiles(createSchema(shown));
      const again = `vitrine client --out ${out}${role === undefined ? "" : ` --role ${role}`}`;
      await writeGenerated(context, out, files, { check, remedy: `Run \`${again}\`.` });
    });
}

/** @throws VitrineError BAD_INPUT that says which roles there are */
function readRole(project: Project, role: string): Project {
  const roles = rolesOf(project);
  if (roles.includes(role)) return projectForRole(project, role).project;
  throw new VitrineError("BAD_INPUT", `There is no role ${role}. There are: ${roles.join(", ") || "none"}.`);
}
