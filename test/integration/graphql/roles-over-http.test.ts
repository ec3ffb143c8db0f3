import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIdentify } from "../../../src/access/identify.ts";
import { addKey, createKeyReader } from "../../../src/access/keys.ts";
import { openRole } from "../../../src/graphql/open-role.ts";
import { ask, openTestGateway, type TestGateway } from "./gateway.ts";

