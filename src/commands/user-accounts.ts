import { VitrineError } from "../errors.ts";
import { addAnalyst, listAnalysts, removeAnalyst } from "../migrations/analyst-accounts.ts";
import { changeAddress } from "../stores/mariadb/address-hosts.ts";
import type { CommandContext } from "./context.ts";
import type { KeyOptions } from "./user-keys.ts";
import { withSource } from "./with-app.ts";

/**
 * Makes an account of the database, and tells its password.
 * @throws VitrineError USAGE for what only keys have, or a name that is taken
 */
export function addAccount(context: CommandContext, name: string, options: KeyOptions): Promise<void> {
  if (options.role !== "analyst" || options.claim.length > 0 || options.days !== undefined)
    throw new VitrineError(
      "USAGE",
      "An account of the database has role analyst, no claims and no end. --key makes a key to the gateway, of any role.",
    );
  return withSource(context, async ({ admin, project, stack }) => {
    const account = await addAnalyst(admin, name, project.domains);
    const url = toUrl(stack.mariadb.adminUrl, account.name, account.password);
    context.print(`${account.name} may read ${account.views.join(", ") || "nothing yet"}.`);
    context.print(`Password: ${account.password}`);
    context.print(`Address:  ${url}`);
    context.printJson({ ...account, role: "analyst", url });
  });
}

/** Names of the accounts of analysts. */
export const listAccounts = (context: CommandContext): Promise<readonly string[]> =>
  withSource(context, ({ admin }) => listAnalysts(admin));

/** Drops the account of an analyst. @throws VitrineError USAGE when it is none */
export const removeAccount = (context: CommandContext, name: string): Promise<void> =>
  withSource(context, async ({ admin }) => {
    await removeAnalyst(admin, name);
    context.print(`${name} is removed.`);
    context.printJson({ removed: name });
  });

/** The same database as somebody else. */
const toUrl = (adminUrl: string, name: string, password: string): string =>
  changeAddress(adminUrl, (url) => {
    url.username = name;
    url.password = password;
  });
