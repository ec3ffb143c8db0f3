import { type Command, Option } from "commander";
import { collect } from "./collect.ts";
import type { CommandContext } from "./context.ts";
import { addAccount, listAccounts, removeAccount } from "./user-accounts.ts";
import { addUserKey, type KeyOptions, listUserKeys, revokeUserKey } from "./user-keys.ts";

/** `vitrine user add|list|remove|revoke`: who may read what: accounts of the database for SQL, keys for GraphQL, files and pages. */
export function registerUser(user: Command, context: CommandContext): void {
  user
    .command("add <name>")
    .description(
      "make an account of the database (role analyst: it may read the views bi_… only), or with --key a key to the gateway; tells its secret, once",
    )
    .addOption(new Option("--role <role>", "what it may do").makeOptionMandatory())
    .option("--key", "a key to the gateway (VITRINE_AUTH=keys), of a role that the project declares")
    .option(
      "--claim <name=value>",
      "what rules of the role refer to; as often as there are some",
      collect,
      [],
    )
    .option("--days <number>", "how long the key holds (default: until it is revoked)")
    .action((name: string, options: KeyOptions & { readonly key?: true }) =>
      options.key ? addUserKey(context, name, options) : addAccount(context, name, options),
    );
  user
    .command("list")
    .description("the accounts of analysts, and the keys")
    .option("--keys", "keys alone: no database is asked")
    .action(async ({ keys: isKeysOnly = false }: { keys?: boolean }) => {
      const keys = await listUserKeys(context);
      const names = isKeysOnly ? [] : await listAccounts(context);
      for (const name of names) context.print(`${name}  analyst`);
      for (const key of keys) context.print(key.line);
      if (names.length + keys.length === 0)
        context.print(
          "Nobody. `vitrine user add NAME --role analyst` makes an account of the database, --key a key to the gateway.",
        );
      context.printJson({
        users: names.map((name) => ({ name, role: "analyst" })),
        keys: keys.map(({ told }) => told),
      });
    });
  user
    .command("remove <name>")
    .description("drop the account of an analyst; connections that it has go on until they end")
    .action((name: string) => removeAccount(context, name));
  user
    .command("revoke <name>")
    .description("end a key: within a second nothing is answered to it, and what it follows ends")
    .action((name: string) => revokeUserKey(context, name));
}
