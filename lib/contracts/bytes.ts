import * as z from "zod";

/** Key identity: the full Redis name as bytes, base64url without padding. A Redis name may be up to 512 MB; ours ≤ 16 KiB. */
export const keyId = z
  .string()
  .min(1)
  .max(21_848)
  .regex(/^[A-Za-z0-9_-]+$/, "must be base64url");

/** Bytes in JSON: text when the bytes are valid UTF-8 (so that it survives the way back), base64url otherwise. */
export const bytes = z.discriminatedUnion("encoding", [
  z.object({ encoding: z.literal("utf8"), data: z.string() }),
  z.object({ encoding: z.literal("base64url"), data: z.string().regex(/^[A-Za-z0-9_-]*$/, "must be base64url") }),
]);
export type Bytes = z.infer<typeof bytes>;

/** A value or element, or its first part. `data` is null while it is masked. */
export const part = z.object({
  data: bytes.nullable(),
  totalBytes: z.number().int(),
  truncated: z.boolean(),
  masked: z.boolean(),
});
export type Part = z.infer<typeof part>;
