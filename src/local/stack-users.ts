import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../make-folder.ts";
import { isRunning, readOwnIdentity } from "./process-table.ts";

/** What a command says about itself while it uses the servers of a folder. */
export interface StackUser {
  readonly pid: number;
  /** Address of its GraphQL endpoint, when it serves one. */
  readonly graphqlUrl?: string;
  /** It mirrors changes. */
  readonly mirrors?: boolean;
}

export interface Registration {
  /** Adds to what is said about this command. */
  announce(facts: Omit<StackUser, "pid">): void;
  remove(): void;
}

/** Where the users of a data folder's private servers are registered. */
export const usersDir = (dataDir: string): string => join(dataDir, "run", "users");

/**
 * Registers this command in a folder of users. As a user of private servers: call it under the start lock.
 * @throws the error of the file system when the folder cannot be written
 */
export function registerUser(folder: string): Registration {
  const { pid, startTime } = readOwnIdentity();
  makeFolder(folder, { mode: 0o700 });
  const file = join(folder, `${pid}-${startTime}-${randomUUID()}`);
  let user: StackUser = { pid };
  const write = () => {
    // Renamed, so that nobody reads half of it; a dot keeps the half out of the list.
    const half = join(folder, `.${pid}-${randomUUID()}`);
    writeFileSync(half, JSON.stringify(user));
    renameSync(half, file);
  };
  write();
  return {
    announce(facts) {
      user = { ...user, ...facts };
      write();
    },
    remove: () => rmSync(file, { force: true }),
  };
}

/** The commands that are registered in a folder and run now. Registrations of killed ones are removed. */
export function listUsers(folder: string): readonly StackUser[] {
  const users: StackUser[] = [];
  for (const name of readNames(folder)) {
    const [pid = "", startTime = ""] = name.split("-");
    const file = join(folder, name);
    if (name.startsWith(".") || !isRunning({ pid: Number(pid), startTime })) {
      if (!name.startsWith(".")) rmSync(file, { force: true });
      continue;
    }
    try {
      users.push(JSON.parse(readFileSync(file, "utf8")) as StackUser); // written above
    } catch {
      // It left meanwhile.
    }
  }
  return users;
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
