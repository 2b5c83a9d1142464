// JSON that an operator typed. What is wrong is told by its place; what JavaScript would change is refused, because BullMQ
// reads and writes it once more.

import { MARKER } from "../../explorer/mask.ts";
import { ApiError } from "../context.ts";

/** @throws {ApiError} INVALID_INPUT @param what the name of the input, for the sentence */
export function parseJson(text: string, what: string): unknown {
  if (text.includes(MARKER))
    throw invalid(
      `${what} holds “${MARKER}”, which stands for a secret: write the value itself, or leave it unchanged`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const because = error instanceof Error ? error.message.replace(/^JSON\.parse: /, "") : "";
    throw invalid(`${what} is not valid JSON: ${because.slice(0, 300)}`);
  }
  const changed = inexactNumber(text);
  if (changed !== undefined)
    throw invalid(
      `${what}: ${changed} would lose digits, because BullMQ reads numbers as JavaScript does. Make it text.`,
    );
  return value;
}

/** @throws {ApiError} INVALID_INPUT */
export function parseJsonObject(text: string, what: string): Record<string, unknown> {
  const value = parseJson(text, what);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(`${what} must be a JSON object`);
  return value as Record<string, unknown>;
}

function inexactNumber(text: string): string | undefined {
  const withoutText = text.length < 2 ? text : text.replace(/"(?:[^"\\]|\\.)*"/gs, '""');
  return withoutText.match(/-?\d{16,}(?![\d.eE])/g)?.find((digits) => !Number.isSafeInteger(Number(digits)));
}

export function invalid(message: string): ApiError {
  return new ApiError("INVALID_INPUT", message);
}
