import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { Cron } from "croner";
import { describe, expect, test } from "vitest";
import { listVerbs } from "../support/list-verbs.ts";

const folder = "examples/schedules";
const read = (file: string) => readFile(`${folder}/${file}`, "utf8");
/** Whether this machine has a program: each runs with what is asked here. */
const has = (program: string, ...args: readonly string[]) => spawnSync(program, args).status === 0;

/** Every `vitrine …` of a text, by its verb. */
const verbsIn = (text: string) =>
  [...text.matchAll(/(?:npx vitrine|\{VITRINE\}) ([a-z]+)/g)].map(([, verb]) => verb);

test.each(["crontab", "vitrine-export.service", "vitrine_files.py"])(
  "%s runs verbs that there are",
  async (file) => {
    const verbs = verbsIn(await read(file));
    expect(verbs.length).toBeGreaterThan(0);
    const known = await listVerbs();
    for (const verb of verbs) expect(known).toContain(verb);
  },
);

describe("cron", () => {
  test("gets five fields and a command in each line, and no % outside of quotes, which is a line's end to it", async () => {
    const lines = (await read("crontab")).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const jobs = lines.filter((line) => !/^[A-Z_]+=/.test(line));
    expect(jobs.length).toBe(3);
    for (const job of jobs) {
      const fields = job.split(" ").slice(0, 5).join(" ");
      expect(new Cron(fields, { mode: "5-part", paused: true }).nextRun(new Date(0)), job).not.toBeNull();
      expect(job).not.toContain("%");
      const command = job.split(" ").slice(5).join(" ");
      expect(spawnSync("/bin/sh", ["-n", "-c", command]).status, job).toBe(0);
    }
  });
});

describe("systemd", () => {
  const units = ["vitrine-export.service", "vitrine-export.timer"];
  const isThere = has("systemd-analyze", "--version");
  test(
    isThere
      ? "takes the units: systemd-analyze verify"
      : "is not on this machine: the units have their sections, and settings in them",
    async () => {
      if (isThere) {
        const { status, stdout, stderr } = spawnSync(
          "systemd-analyze",
          ["verify", ...units.map((unit) => `${folder}/${unit}`)],
          { encoding: "utf8" },
        );
        expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: "" });
        return;
      }
      const sections = [
        ["Unit", "Service"],
        ["Unit", "Timer", "Install"],
      ];
      for (const [index, unit] of units.entries()) {
        const lines = (await read(unit)).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
        expect(lines.filter((line) => line.startsWith("["))).toEqual(
          sections[index]?.map((name) => `[${name}]`),
        );
        for (const line of lines) expect(line).toMatch(/^\[\w+\]$|^[A-Z]\w+=.+$/);
      }
    },
  );
});

describe("Airflow", () => {
  const python = ["python3", "python"].find((name) => has(name, "--version"));
  test(
    python === undefined
      ? "and Python are not on this machine: the file names its tasks and their order"
      : "gets a file that Python parses, with a DAG of three tasks in order",
    async () => {
      const text = await read("vitrine_files.py");
      const tasks = ["import", "verify", "export"];
      if (python !== undefined) {
        const program =
          "import ast, json, sys; tree = ast.parse(sys.stdin.read()); print(json.dumps([k.value.value for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, 'id', '') == 'BashOperator' for k in n.keywords if k.arg == 'task_id']))";
        const { status, stdout, stderr } = spawnSync(python, ["-c", program], {
          input: text,
          encoding: "utf8",
        });
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        expect(JSON.parse(stdout)).toEqual(tasks);
      }
      expect([...text.matchAll(/task_id="(\w+)"/g)].map(([, id]) => id)).toEqual(tasks);
      expect(text).toMatch(/^ {4}import_files >> verify >> export$/m);
    },
  );
});
