const shown = 10;

/** `file:line` of the first places, and how many more there are. */
export function listPlaces(places: readonly { readonly path: string; readonly line: number }[]): string {
  const first = places.slice(0, shown).map((place) => `${place.path}:${place.line}`);
  const rest = places.length - first.length;
  return rest > 0 ? `${first.join(", ")} and ${rest} more` : first.join(", ");
}
