import type { TemporaryFile } from "../system/temporary-folder.ts";
import { noAnswer } from "./failures.ts";
import { listTree } from "./list-tree.ts";
import { parseAttributeFiles, parseBatch } from "./parse-tree.ts";
import type { Repository } from "./repository.ts";

/** All `.gitattributes` files of a commit or tree. */
export async function readAttributes(repository: Repository, commit: string): Promise<TemporaryFile[]> {
  const entries = parseAttributeFiles(await listTree(repository, commit));
  if (entries.length === 0) return [];
  const input = entries.map(({ id }) => `${id}\n`).join("");
  const answer = await repository.run(["cat-file", "--batch"], { input });
  const contents = parseBatch(answer.stdout);
  if (contents.length !== entries.length) throw noAnswer("cat-file");
  return entries.map(({ path }, index) => ({ path, content: contents[index] ?? Buffer.alloc(0) }));
}
