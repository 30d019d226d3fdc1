import type { Project } from "./find-projects.ts";

/**
 * The names of projects as parts of a check, in their order: the folder, with the language where a folder has several;
 * at the root the language. All are different, and can be written in the configuration.
 */
export function namesOfParts(projects: readonly Pick<Project, "folder" | "language">[]): string[] {
  const taken = new Set<string>();
  return projects.map(({ folder, language }) => {
    const sharing = projects.filter((one) => one.folder === folder).length > 1;
    const plain = folder === "" ? language : sharing ? `${folder}/${language}` : folder;
    const wanted = plain.replace(/[^\w.@/-]/g, "-").replace(/^[^A-Za-z0-9]+/, "") || language;
    const candidates = [wanted, `${wanted}/${language}`];
    let name = candidates.find((one) => !taken.has(one));
    for (let number = 2; name === undefined; number += 1) {
      if (!taken.has(`${wanted}-${number}`)) name = `${wanted}-${number}`;
    }
    taken.add(name);
    return name;
  });
}
