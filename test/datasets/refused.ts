/** What is asserted of every error that a user meets. */
import assert from "node:assert/strict";

/** The promise is refused in one line for the user that matches, and says nothing that holds for published files alone. */
export function refused(promise: Promise<unknown>, message: RegExp): Promise<void> {
  return assert.rejects(promise, (error: Error) => {
    assert.equal(error.name, "UserError", error.stack);
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"));
    return true;
  });
}
