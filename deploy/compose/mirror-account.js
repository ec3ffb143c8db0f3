// Run by mongosh at the first start of MongoDB: the account of the mirror may read and write its own database only.
const { readFileSync } = require("node:fs");

db.getSiblingDB("vitrine").createUser({
  user: "vitrine",
  pwd: readFileSync("/run/secrets/mongodb_password", "utf8").trim(),
  roles: [
    { role: "readWrite", db: "vitrine" },
    { role: "dbAdmin", db: "vitrine" },
  ],
});
