import type { Command } from "commander";
import { type CommandContext, type ContextInput, createContext } from "./context.ts";
import { registerDead } from "./dead.ts";
import { registerDocs } from "./docs.ts";
import { registerDoctor } from "./doctor.ts";
import { registerExport } from "./export.ts";
import { registerGenerate } from "./generate.ts";
import { registerImport } from "./import.ts";
import { registerMigrate } from "./migrate.ts";
import { registerMirror } from "./mirror.ts";
import { registerModel } from "./model.ts";
import { registerRebuild } from "./rebuild.ts";
import { registerServe } from "./serve.ts";
import { registerSql } from "./sql.ts";
import { registerStatus } from "./status.ts";
import { registerTriggers } from "./triggers.ts";
import { registerUp } from "./up.ts";
import { registerVerify } from "./verify.ts";

/** Gives `program` every verb and the options that all of them have. */
export function registerAll(program: Command, input: ContextInput): CommandContext {
  const context = createContext(program, input);
  for (const register of verbs) register(program, context);
  return context;
}

/** In the order of the help page. */
const verbs = [
  registerUp,
  registerServe,
  registerStatus,
  registerSql,
  registerMigrate,
  registerTriggers,
  registerModel,
  registerMirror,
  registerRebuild,
  registerVerify,
  registerDead,
  registerImport,
  registerGenerate,
  registerExport,
  registerDoctor,
  registerDocs,
];
