// Writes what the page is built from: `vitrine client` (schema, scalars, rules for the cache), and the types of the
// page's own operations. A build of your own may do the latter by the command line of graphql-codegen.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as typescript from "@graphql-codegen/typescript";
import * as typescriptOperations from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";
import { runnerImport } from "vite";

const folder = new URL("src/", import.meta.url);
const read = (path) => readFileSync(new URL(path, folder), "utf8");

const vitrine = fileURLToPath(new URL("../../bin/vitrine.mjs", import.meta.url));
execFileSync(process.execPath, [vitrine, "client", "--out", fileURLToPath(new URL("vitrine", folder))], {
  stdio: "inherit",
  // The project file is found from there.
  cwd: fileURLToPath(new URL("../../", import.meta.url)),
});

const { module } = await runnerImport(fileURLToPath(new URL("vitrine/scalars.ts", folder)));
const documents = readdirSync(new URL("operations/", folder)).map((name) => ({
  location: name,
  document: parse(read(`operations/${name}`)),
}));
const operations = await codegen({
  filename: "operations.ts",
  schema: parse(read("vitrine/schema.graphql")),
  documents,
  config: {
    scalars: module.scalars,
    strictScalars: true,
    onlyOperationTypes: true,
    enumsAsTypes: true,
    useTypeImports: true,
  },
  plugins: [{ typescript: {} }, { typescriptOperations: {} }],
  pluginMap: { typescript, typescriptOperations },
});
writeFileSync(new URL("vitrine/operations.ts", folder), operations);
