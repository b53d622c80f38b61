/**
 * Applies a JSON merge patch: null removes a member, objects are merged, everything else replaces.
 * Pure. Source: RFC 7396.
 * Worked: {a: 1, b: {c: 2, d: 3}} with {a: null, b: {c: 4}} -> {b: {c: 4, d: 3}}.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
