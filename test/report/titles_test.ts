import assert from "node:assert/strict";
import { titled } from "../../lib/report/context.ts";

Deno.test("a name has its title, and itself where none is known, whatever the name", () => {
  const title = titled({ eurosat: "EuroSAT" });
  assert.equal(title("eurosat"), "EuroSAT");
  for (const name of ["dtd", "constructor", "__proto__", ""]) assert.equal(title(name), name);
  assert.equal(titled()("toString"), "toString");
});
