/** Makes a Markdown file a module whose default export is its text; for rolldown and for vite. */
export const markdown = {
  name: "calm-markdown",
  transform(code, id) {
    if (!id.endsWith(".md")) return undefined;
    return { code: `export default ${JSON.stringify(code)};`, map: null, moduleType: "js" };
  },
};
