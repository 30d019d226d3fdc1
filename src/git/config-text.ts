/**
 * The last value of a setting in the text of a configuration file; for those few that git itself reads without
 * includes (core.bare, core.worktree, extensions.*). A value with quotes or escapes is given as it stands.
 */
export function readSetting(text: string, section: string, name: string): string | undefined {
  let current = "";
  let value: string | undefined;
  for (const line of text.split("\n")) {
    const header = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line);
    if (header) current = header[1]?.toLowerCase() ?? "";
    const setting = /^\s*(?:\[[^\]]*\]\s*)?([A-Za-z][\w-]*)\s*(?:=\s*(.*?)\s*)?$/.exec(line);
    if (setting && current === section && setting[1]?.toLowerCase() === name) value = setting[2] ?? "true";
  }
  return value;
}

/** The hash that names the objects of a repository, from the text of its configuration. */
export function objectFormat(config: string): string {
  return (readSetting(config, "extensions", "objectformat") ?? "sha1").toLowerCase();
}

/** Whether the value of a setting means yes. */
export function isYes(value: string | undefined): boolean {
  return value !== undefined && /^(true|yes|on|[1-9]\d*)\s*([#;].*)?$/i.test(value);
}
