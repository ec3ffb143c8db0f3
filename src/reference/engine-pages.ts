import { configSchema } from "../config.ts";
import { errorCatalogue } from "../errors.ts";
import { code, page, table } from "./markdown.ts";

/** Every error code, from the catalogue. */
export const renderErrors = (): string =>
  page(
    "Errors",
    "A command ends with the exit code. A GraphQL error has the code in `extensions.code`; the message of one that is not shown to clients is masked.\n",
    table(
      ["code", "meaning", "exit code", "shown to clients"],
      Object.entries(errorCatalogue).map(([name, { title, exit, exposed }]) => [
        code(name),
        title,
        String(exit),
        exposed ? "yes" : "no",
      ]),
    ),
  );

/** Every environment variable, from the schema that parses them. */
export const renderConfiguration = (): string =>
  page(
    "Configuration",
    "Vitrine reads these environment variables and no others. An empty one counts as absent; a wrong one is reported with all others at start.\n",
    table(
      ["variable", "default", "what it sets"],
      Object.entries(configSchema.shape).map(([name, variable]) => {
        const absent = variable.safeParse(undefined);
        const value: unknown = absent.success ? absent.data : undefined;
        return [code(name), value === undefined ? "" : code(String(value)), variable.description ?? ""];
      }),
    ),
  );
