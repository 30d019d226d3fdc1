import { evidence } from "./0001/evidence.ts";
import { memory } from "./0001/memory.ts";
import { operations } from "./0001/operations.ts";
import { places } from "./0001/places.ts";
import { tasks } from "./0001/tasks.ts";
import { words } from "./0001/words.ts";

/** The whole of SPEC's data. Only TEXT and INTEGER columns; times are RFC 3339 UTC; keys start with the project. */
export const foundation = [places, tasks, words, evidence, operations, memory].join("");
