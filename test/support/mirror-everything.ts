import { createLogger } from "../../src/log.ts";
import { createLoader, loaderConnections } from "../../src/mirror/loader.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import type { TestDatabase } from "./database.ts";

/** Lets a loader mirror every model of the project, then stops it: nothing follows later writes. */
export async function mirrorEverything({ mariadbUrl, mongo, project }: TestDatabase): Promise<void> {
  const models = project.domains.flatMap((domain) => domain.models);
  const db = openMariaDb(mariadbUrl, { size: loaderConnections });
  const loader = createLoader({ db, mongo, models, logger: createLogger("silent"), verifyShare: 0 });
  await loader.once(new AbortController().signal);
  await db.close();
}
