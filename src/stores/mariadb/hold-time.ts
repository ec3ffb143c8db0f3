import { type Queryable, sqlErrorOf } from "./mariadb.ts";

/** The server runs with an option (`--secure-timestamp`) that forbids the statement. */
const OPTION_PREVENTS = 1290;

/**
 * Gives all statements of the session the time of now until `releaseTime`, so that rows written by several of them are
 * in the past together (`asOf`), as they are for everybody else who sees their transaction. A server that keeps its
 * clock to itself (`secure_timestamp`) goes on giving each statement its own.
 */
export async function holdTime(connection: Queryable): Promise<void> {
  try {
    // Not now(): in a session that holds its time already that is the time it holds.
    await connection.run("set timestamp = unix_timestamp(sysdate(6))");
  } catch (error) {
    if (sqlErrorOf(error)?.errno !== OPTION_PREVENTS) throw error;
  }
}

/** Statements of the session have times of their own again. */
export async function releaseTime(connection: Queryable): Promise<void> {
  try {
    await connection.run("set timestamp = default");
  } catch (error) {
    if (sqlErrorOf(error)?.errno !== OPTION_PREVENTS) throw error;
  }
}
