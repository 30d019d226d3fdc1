/** The version of the package; the build puts it in. */
declare const CALM_VERSION: string;
/** Names this build: its version, and a hash of the program's text. */
declare const CALM_EDITION: string;
/** One line for each command by its name, collected from the commands themselves. */
declare const CALM_SUMMARIES: Readonly<Record<string, string>>;
/** The build turns a Markdown file into its text. */
declare module "*.md" {
  const text: string;
  export default text;
}
