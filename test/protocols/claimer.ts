/** A process that claims cells, for the tests: prints each it gets, then `end`, and holds them until it is killed. */
import { openClaims } from "../../lib/protocols/claim.ts";

const [out, ...ids] = Deno.args as [string, ...string[]];
for (const id of ids) {
  if (await openClaims(out).claim(id)) console.log(id);
}
if (ids.length > 1) console.log("end");
