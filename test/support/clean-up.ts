import { afterAll } from "vitest";
import { removeScratchFolders, scratchFolder } from "./world.ts";

// What others have left in the system's own is nothing to a test.
process.env["TMPDIR"] = scratchFolder();

// After the file, not after the test: which test is running is not known where tests run at once.
afterAll(removeScratchFolders);
