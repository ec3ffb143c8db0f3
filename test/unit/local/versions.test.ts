import { describe, expect, it } from "vitest";
import { toBuild } from "../../../src/local/download-mongod.ts";
import { compareVersions, findVersion, isMariaDbSupported } from "../../../src/local/versions.ts";

describe("the version floor of MariaDB", () => {
  it.each([
    ["10.11.18", false],
    ["10.11.19", true],
    ["10.11.20", true],
    ["10.6.25", false],
    ["11.4.9", false],
    ["11.4.13", true],
    ["11.5.2", false],
    ["11.8.9", true],
    ["12.3.1", true],
  ])("takes %s: %s", (version, supported) => {
    expect(isMariaDbSupported(version)).toBe(supported);
  });

  it("compares numbers as numbers", () => {
    expect(compareVersions("10.11.9", "10.11.19")).toBeLessThan(0);
    expect(compareVersions("8.0.17", "8.0.17")).toBe(0);
  });

  it("finds the version in what a server prints", () => {
    expect(findVersion("mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu")).toBe("10.11.19");
    expect(findVersion("no server")).toBeNull();
  });
});

describe("the build of mongod to download", () => {
  it.each([
    ['ID=debian\nVERSION_ID="12"\n', "x64", "x86_64-debian12"],
    ['ID=debian\nVERSION_ID="12"\n', "arm64", null],
    ['ID=ubuntu\nVERSION_ID="22.04"\n', "x64", "x86_64-ubuntu2204"],
    ['ID=ubuntu\nVERSION_ID="24.04"\n', "arm64", "aarch64-ubuntu2404"],
    ['ID=ubuntu\nVERSION_ID="20.04"\n', "x64", null],
    ["ID=alpine\nVERSION_ID=3.20\n", "x64", null],
  ])("of %j on %s is %s", (osRelease, arch, build) => {
    expect(toBuild(osRelease, arch)).toBe(build);
  });
});
