import { fileURLToPath } from "node:url";
import type { Inspection, Target } from "./finding.ts";
import { runTool } from "./run-tool.ts";
import type { Tools } from "./tools.ts";

const validate = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(open(sys.argv[1]).read())
print(error or "valid")
sys.exit(1 if error else 0)
`;

/** Holds the list of dependencies against the schema of CycloneDX, by a reader that is not ours. */
export async function checkSbom({ folder, signal }: Target, tools: Tools): Promise<Inspection> {
  const file = fileURLToPath(new URL("../../sbom.cdx.json", import.meta.url));
  const { exitCode, output } = await runTool(tools.python, ["-c", validate, file], {
    seconds: 120,
    signal,
    cwd: folder,
  });
  return {
    tool: "cyclonedx-python-lib",
    looked: "sbom.cdx.json",
    findings: exitCode === 0 ? [] : [output.trimEnd().slice(-600)],
  };
}
