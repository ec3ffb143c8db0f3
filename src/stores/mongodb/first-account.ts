import { MongoServerError } from "mongodb";
import { openMongoDb } from "./mongodb.ts";

const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;
/** Somebody has made it in this very moment. */
const USER_EXISTS = 51003;

/** Whether the server knows no such account, or another password of it. */
export const isLoginRefused = (error: unknown): boolean => isRefusal(error, AUTHENTICATION_FAILED);

/**
 * Makes the first account of a server, one that may do all. A server that has none lets whoever reaches it from its own
 * machine make one; one that has an account already keeps that, and gets no other.
 * @param url of the server, without an account
 */
export async function createFirstAccount(
  url: string,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<void> {
  const mongo = openMongoDb(url, { poolSize: 1 });
  try {
    await mongo.client.db("admin").command({ createUser: user, pwd: password, roles: ["root"] });
  } catch (error) {
    if (!isRefusal(error, UNAUTHORIZED) && !isRefusal(error, USER_EXISTS)) throw error;
  } finally {
    await mongo.close();
  }
}

const isRefusal = (error: unknown, code: number): boolean =>
  error instanceof MongoServerError && error.code === code;
