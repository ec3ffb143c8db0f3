import { createHash, randomUUID } from "node:crypto";
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
  /** Where this command may tell others of its user about itself (`tellOnSocket`). */
  readonly socket: string;
  /** Adds to what is said about this command. */
  announce(facts: Omit<StackUser, "pid">): void;
  remove(): void;
}

/** Where the users of a data folder's private servers are registered. */
export const usersDir = (dataDir: string): string => join(dataDir, "run", "users");

/**
 * Where those are registered that use servers given by URL from a data folder: apart from the users of private servers,
 * and by the databases, whoever asks: accounts and passwords are left out.
 */
export function givenUsersDir(dataDir: string, readerUrl: string, mongodbUrl: string): string {
  const databases = [readerUrl, mongodbUrl].map((url) => url.replace(/\/\/[^@/]*@/, "//")).join("\n");
  const hash = createHash("sha256").update(databases).digest("hex").slice(0, 16);
  return join(dataDir, "run", `given-${hash}`);
}

/** A command's socket is beside its registration, and goes with it. */
const SOCKET = ".sock";

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
    socket: `${file}${SOCKET}`,
    announce(facts) {
      user = { ...user, ...facts };
      write();
    },
    remove: () => {
      for (const name of [file, `${file}${SOCKET}`]) rmSync(name, { force: true });
    },
  };
}

/** The commands that are registered in a folder and run now. Registrations of killed ones are removed. */
export function listUsers(folder: string): readonly StackUser[] {
  const users: StackUser[] = [];
  for (const file of listFiles(folder)) {
    if (file.endsWith(SOCKET)) continue;
    try {
      users.push(JSON.parse(readFileSync(file, "utf8")) as StackUser); // written above
    } catch {
      // It left meanwhile.
    }
  }
  return users;
}

/** The sockets on which commands that are registered in a folder tell about themselves. */
export const listSockets = (folder: string): readonly string[] =>
  listFiles(folder).filter((file) => file.endsWith(SOCKET));

/** What commands that run now have in a folder of users; what killed ones left there is removed. */
function listFiles(folder: string): readonly string[] {
  const files: string[] = [];
  for (const name of readNames(folder)) {
    if (name.startsWith(".")) continue;
    const [pid = "", startTime = ""] = name.split("-");
    const file = join(folder, name);
    if (isRunning({ pid: Number(pid), startTime })) files.push(file);
    else rmSync(file, { force: true });
  }
  return files;
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
