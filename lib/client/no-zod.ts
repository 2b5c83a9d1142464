// Stands in for zod in the browser's bundle (next.config.mjs). There a contract is an address, a method and a type: the
// server checks what comes in and what goes out, and the browser parses nothing. The schemas are therefore made of
// nothing, which spares every first load 24 kB. Whoever runs one in the browser after all is told so at once.

function run(): never {
  throw new Error("Schemas are not in the browser's bundle; the server checks them (lib/client/no-zod.ts)");
}

const RUNS = new Set<PropertyKey>(["parse", "safeParse", "parseAsync", "safeParseAsync", "encode", "decode"]);

// A function, so that it can be called: z.string().max(3) is `nothing` all the way.
const nothing: unknown = new Proxy(() => nothing, { get: (_target, name) => (RUNS.has(name) ? run : nothing) });

type Nothing = (...given: unknown[]) => unknown;
const make = nothing as Nothing;

export const coerce = nothing;
export {
  make as any,
  make as array,
  make as boolean,
  make as discriminatedUnion,
  make as enum,
  make as literal,
  make as number,
  make as object,
  make as partialRecord,
  make as record,
  make as strictObject,
  make as string,
  make as stringbool,
  make as union,
  make as unknown,
};
