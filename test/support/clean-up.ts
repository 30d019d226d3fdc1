import { chmodSync } from "node:fs";
import { afterAll } from "vitest";
import { removeScratchFolders, scratchFolder } from "./world.ts";

// What others have left in the system's own is nothing to a test; open to all, as that is.
const temporary = scratchFolder();
chmodSync(temporary, 0o1777);
process.env["TMPDIR"] = temporary;

// After the file, not after the test: which test is running is not known where tests run at once.
afterAll(removeScratchFolders);
