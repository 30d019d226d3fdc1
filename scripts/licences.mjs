import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const place = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

function licenceText(folder) {
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(file));
  return name === undefined ? "" : readFileSync(join(folder, name), "utf8").trim();
}

/** The licences of the libraries that a bundle holds: each asks to be passed on with the code. */
export function licencesOf(moduleIds) {
  const folders = new Set(
    moduleIds.map((id) => place.exec(id)?.[1]).filter((folder) => folder !== undefined),
  );
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${name} ${version} (${license})\n\n${licenceText(folder)}`;
  });
  return `calm holds code of these libraries.\n\n${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
