import { expect, test } from "vitest";
import { readMadeObjects } from "../../../src/migrations/made-objects.ts";

test.each([
  ["create table if not exists `order` (a int);", ["create table order"]],
  ["CREATE OR REPLACE TABLE t (a int)", ["create table t"]],
  ["create or replace temporary table t (a int)", []],
  ["create or replace algorithm = merge sql security invoker view v as select 1", ["create view v"]],
  [
    "create procedure p() select 1; create aggregate function f() returns int return 1",
    ["create procedure p", "create function f"],
  ],
  ["drop table if exists a, `b`;\ndrop procedure p;", ["drop table a", "drop table b", "drop procedure p"]],
  ["rename table a to b", ["drop table a", "create table b"]],
  ["rename table if exists a to b", ["drop table a", "create table b"]],
  ["-- create table a\nselect 'create table b'; alter table c drop column d", []],
  ["create table other.t (a int)", []],
])("%s", (sql, expected) => {
  expect(readMadeObjects(sql).map(({ action, kind, object }) => `${action} ${kind} ${object}`)).toEqual(
    expected,
  );
});
