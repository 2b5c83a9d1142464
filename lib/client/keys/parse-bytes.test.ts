import { expect, it } from "vitest";
import { parseBytes } from "./parse-bytes.ts";

it.each([
  ["", null],
  [" ", null],
  ["512", 512],
  ["10 KB", 10_240],
  ["1.5mb", 1_572_864],
  ["2 gb", 2_147_483_648],
  ["abc", undefined],
  ["-1", undefined],
  ["1e99", undefined],
  ["10 TB", undefined],
])("reads the size %j as %j", (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});
