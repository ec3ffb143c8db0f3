import { type Command, Option } from "commander";
import { addAnalyst, listAnalysts, removeAnalyst } from "../migrations/analyst-accounts.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

/** `vitrine user add|list|remove`: accounts of the database for people and their tools. */
export function registerUser(user: Command, context: CommandContext): void {
  user
    .command("add <name>")
    .description("make an account and tell its password, once; an analyst may read the views bi_… only")
    .addOption(new Option("--role <role>", "what it may do").choices(["analyst"]).makeOptionMandatory())
    .action((name: string) =>
      withSource(context, async ({ admin, project, stack }) => {
        const account = await addAnalyst(admin, name, project.domains);
        const url = toUrl(stack.mariadb.adminUrl, account.name, account.password);
        context.print(`${account.name} may read ${account.views.join(", ") || "nothing yet"}.`);
        context.print(`Password: ${account.password}`);
        context.print(`Address:  ${url}`);
        context.printJson({ ...account, role: "analyst", url });
      }),
    );
  user
    .command("list")
    .description("the accounts of analysts")
    .action(() =>
      withSource(context, async ({ admin }) => {
        const names = await listAnalysts(admin);
        for (const name of names) context.print(`${name}  analyst`);
        if (names.length === 0)
          context.print("No accounts. `vitrine user add NAME --role analyst` makes one.");
        context.printJson({ users: names.map((name) => ({ name, role: "analyst" })) });
      }),
    );
  user
    .command("remove <name>")
    .description("drop the account of an analyst; connections that it has go on until they end")
    .action((name: string) =>
      withSource(context, async ({ admin }) => {
        await removeAnalyst(admin, name);
        context.print(`${name} is removed.`);
        context.printJson({ removed: name });
      }),
    );
}

/** The same database as somebody else. */
function toUrl(adminUrl: string, name: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  return url.href;
}
