/**
 * Whether a value has all that an example has, of the same kinds. What else it has, and what lies in its lists, is not
 * looked at: this is for what calm wrote itself, where a schema would cost more than to make the value anew.
 */
export function hasShapeOf<T>(example: T, value: unknown): value is T {
  if (Array.isArray(example)) return Array.isArray(value);
  if (typeof example !== "object" || example === null) return typeof value === typeof example;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const members = new Map(Object.entries(value));
  return Object.entries(example)
    .filter(([, member]) => member !== undefined)
    .every(([name, member]) => hasShapeOf(member, members.get(name)));
}
