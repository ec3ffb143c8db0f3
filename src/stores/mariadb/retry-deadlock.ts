import { setTimeout as wait } from "node:timers/promises";
import { sqlErrorOf } from "./mariadb-errors.ts";

const DEADLOCK = 1213;
const ATTEMPTS = 8;

/**
 * Does work again of which the server says that it lost against another's (error 1213): on a cluster a commit does when
 * another node wrote the same row. The work must leave nothing behind when it fails.
 * @throws the error of the eighth attempt
 */
export async function retryDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await work();
    } catch (error) {
      if (sqlErrorOf(error)?.errno !== DEADLOCK || attempt === ATTEMPTS) throw error;
      await wait(Math.random() * 2 ** attempt);
    }
}
