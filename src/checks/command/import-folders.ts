import { basename, join } from "node:path";
import type { TreeReader } from "./definition.ts";

/** The folders, below the one that the command runs in, where Python looks before everything else. */
export async function frontFolders({
  tree,
  folder,
  words,
}: {
  readonly tree: TreeReader;
  readonly folder: string;
  readonly words: readonly string[];
}): Promise<string[]> {
  const front = words.some((word) => word === "-m" || word === "-c") ? [""] : [];
  const script = words.slice(1).find((word) => word.endsWith(".py"));
  if (front.length === 0 && script !== undefined && /^python/.test(basename(words[0] ?? ""))) {
    front.push(join(script, ".."));
  }
  if (!words.some((word) => /(^|\/)(pytest|py\.test)$/.test(word))) return front;
  return [...front, ...(await pytestFolders(tree, folder))];
}

const settings = ["pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"];

/** What pytest puts there: its setting `pythonpath`, and the folder above the packages of its tests. */
async function pytestFolders(tree: TreeReader, folder: string): Promise<string[]> {
  const below = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const front: string[] = [];
  for (const name of settings) {
    const value = /^\s*pythonpath\s*=\s*(.*(?:\n[ \t]+\S.*)*)/m.exec(
      (await tree.read(below(name))) ?? "",
    )?.[1];
    front.push(...(value?.split(/[\s,"'[\]]+/).filter((word) => word !== "") ?? []));
  }
  const names = await tree.list(folder);
  const packages = names.filter((name) => /^tests?\/$/.test(name)).map((name) => below(`${name}__init__.py`));
  const inside = await Promise.all(packages.map((path) => tree.read(path)));
  if (names.includes("conftest.py") || inside.some((text) => text !== undefined)) front.push("");
  return front;
}
