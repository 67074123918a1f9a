// The assertions of the Deno standard library from its npm packaging, so that `jsr:@std/assert`
// also resolves on machines that reach npm only. The types are declared beside it.
// @ts-types="./mod.d.ts"
export * from "npm:deno-std@1.4.0/assert/mod.js";
