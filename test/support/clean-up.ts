import { afterAll } from "vitest";
import { removeScratchFolders } from "./world.ts";

// After the file, not after the test: which test is running is not known where tests run at once.
afterAll(removeScratchFolders);
