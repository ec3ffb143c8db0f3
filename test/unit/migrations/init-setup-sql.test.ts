import { expect, test } from "vitest";
import { accountName, printSetupSql } from "../../../src/migrations/init-setup-sql.ts";
import { printPackage } from "../../../src/migrations/init-texts.ts";

const accounts = {
  database: "my_shop",
  passwords: { admin: "a1", loader: "b2", reader: "c3", writer: "d4" },
};

test("rights are on the database of that very name, and each role is handed on by the account that migrates", () => {
  const sql = printSetupSql(accounts, false);
  expect(accountName(accounts, "loader")).toBe("my_shop_vitrine_loader");
  // In a grant _ is a pattern: my_shop would be myxshop too.
  expect(sql).toContain("on `my\\_shop`.* to `my_shop_vitrine_admin`@'%' with grant option;");
  for (const role of ["loader", "reader", "writer"])
    expect(sql).toContain(
      `grant \`my_shop_${role}_role\` to \`my_shop_vitrine_admin\`@'%' with admin option;`,
    );
  expect(sql.match(/identified by '/g)).toHaveLength(4);
  expect(sql).not.toContain("super");
});

test("no account reads the hashes of the server's passwords", () => {
  const sql = printSetupSql(accounts, false);
  expect(sql.match(/grant .* on mysql\.user /g)).toEqual([
    "grant select (User, Host, is_role) on mysql.user ",
  ]);
});

test("what a binary log asks for is there when the server writes one, and else is not", () => {
  const setting = "set global log_bin_trust_function_creators = 1;";
  expect(printSetupSql(accounts, true)).toContain(setting);
  expect(printSetupSql(accounts, false)).not.toContain(setting);
});

test("a package.json that is there keeps all but its type", () => {
  expect(JSON.parse(printPackage("shop", "0.1.0", null))).toEqual({
    ...{ name: "shop", private: true, type: "module" },
    dependencies: { vitrine: "^0.1.0" },
  });
  const given =
    '{"name":"mine","type":"commonjs","scripts":{"x":"y"},"dependencies":{"vitrine":"file:v.tgz"}}';
  expect(JSON.parse(printPackage("shop", "0.1.0", given))).toEqual({
    ...{ name: "mine", type: "module", scripts: { x: "y" } },
    dependencies: { vitrine: "file:v.tgz" },
  });
});
