#!/usr/bin/env node
// Writes the passwords that docker-compose.yml and deploy/kubernetes want, each drawn at random, beside this file (or into the
// folder that is named). What is there stays: the servers know it. The folder is its owner's only; its files can be read by
// whoever a container runs as. MARIADB_HOSTS and MONGODB_HOSTS name the servers of a cluster, with commas between, where they are not those
// of docker-compose.yml, MONGODB_SET its replica set.
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL("secrets", import.meta.url)));
if (existsSync(folder)) {
  console.error(
    `${folder} is there already: its secrets stay. Remove it together with the volumes of the servers.`,
  );
  process.exit(2);
}
mkdirSync(folder, { recursive: true, mode: 0o700 });
chmodSync(folder, 0o700);
const write = (name, text) => writeFileSync(join(folder, name), text, { mode: 0o644 });
const draw = () => randomBytes(24).toString("base64url");

const accounts = { admin: draw(), loader: draw(), reader: draw(), writer: draw() };
const mirror = draw();
write("mariadb_root_password", draw());
write("mongodb_root_password", draw());
write("mongodb_password", mirror);
// By it the members of a replica set know each other.
write("mongodb_key", randomBytes(96).toString("base64"));
for (const [name, password] of Object.entries(accounts))
  write(`mariadb_${name}_url`, `mariadb://vitrine_${name}:${password}@mariadb:3306/vitrine`);
write("mongodb_url", `mongodb://vitrine:${mirror}@mongodb:27017/vitrine?replicaSet=vitrine`);

// Of a cluster: all addresses of its servers.
const { MARIADB_HOSTS, MONGODB_HOSTS, MONGODB_SET = "vitrine" } = process.env;
const hosts = (given, names, port) => (given ? given.split(",") : names).map((name) => `${name}:${port}`);
const sources = hosts(MARIADB_HOSTS, ["mariadb-1", "mariadb-2", "mariadb-3"], 3306);
const members = hosts(MONGODB_HOSTS, ["mongodb-1", "mongodb-2", "mongodb-3"], 27017);
for (const [name, password] of Object.entries(accounts))
  write(`cluster_mariadb_${name}_url`, `mariadb://vitrine_${name}:${password}@${sources}/vitrine`);
write("cluster_mongodb_url", `mongodb://vitrine:${mirror}@${members}/vitrine?replicaSet=${MONGODB_SET}`);
write("mariadb_replication_password", draw());
// By it any gateway knows who has signed in at another.
write("session_secret", randomBytes(32).toString("base64url"));

// Run by the server as root at its first start. Migrations grant the roles what they need.
const roles = ["loader", "reader", "writer", "analyst"].map((name) => [name, `vitrine_${name}_role`]);
write(
  "accounts.sql",
  [
    ...Object.entries(accounts).map(
      ([name, password]) => `create user vitrine_${name}@'%' identified by '${password}';`,
    ),
    // What `vitrine init` writes for the administrator of any server (src/migrations/admin-rights.ts).
    "grant select, insert, update, delete, create, drop, alter, index, create view, show view, create routine, alter routine, execute, trigger, references, create temporary tables, lock tables, event, delete history on `vitrine`.* to vitrine_admin@'%' with grant option;",
    "grant all privileges on `vitrine\\_scratch\\_%`.* to vitrine_admin@'%';",
    "grant select (User, Host, is_role) on mysql.user to vitrine_admin@'%';",
    ...["roles_mapping", "procs_priv", "tables_priv", "proc"].map(
      (table) => `grant select on mysql.${table} to vitrine_admin@'%';`,
    ),
    "grant connection admin, process on *.* to vitrine_admin@'%';",
    // The account that migrates administers the roles: by that it knows them for its own.
    ...roles.flatMap(([, role]) => [
      `create role ${role};`,
      `grant ${role} to vitrine_admin@'%' with admin option;`,
    ]),
    ...roles
      .filter(([name]) => name in accounts)
      .flatMap(([name, role]) => [
        `grant ${role} to vitrine_${name}@'%';`,
        `set default role ${role} for vitrine_${name}@'%';`,
      ]),
    "",
  ].join("\n"),
);
console.log(`Wrote secrets into ${folder}.`);
