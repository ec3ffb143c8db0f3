import { optionalUrl } from "../config-values.ts";
import { VitrineError } from "../errors.ts";

/**
 * The address of the database that a project is made of: what was given, else that of the settings, which keep its
 * password out of the list of processes.
 * @param given as the command line has it
 * @param set of the settings
 * @throws VitrineError USAGE when there is none, or it is no address of a database; it is not repeated, for its password
 */
export function readSourceUrl(given: string | undefined, set: string | undefined): string {
  const url = given ?? set;
  if (url === undefined)
    throw new VitrineError(
      "USAGE",
      "No database is named. Set MARIADB_READER_URL, or MARIADB_READER_URL_FILE to a file that holds it, or name it: --from mariadb://me@host/shop",
    );
  const parsed = optionalUrl(["mariadb", "mysql"]).safeParse(url);
  if (!parsed.success)
    throw new VitrineError(
      "USAGE",
      `The address of the database ${parsed.error.issues[0]?.message}. It looks so: mariadb://me:password@host:3306/shop; what is special in a password is written %40, %2F, …`,
    );
  return url;
}
