/**
 * Crashes the current operation when a fact that the code relies on is false: a programmer's error,
 * never bad input.
 */
export function assert(condition: unknown, fact: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${fact}`)
}

/** Ends a switch over a closed set: the compiler proves that nothing reaches it. */
export function assertNever(value: never, what: string): never {
  throw new Error(`assertion failed: unexpected ${what}: ${JSON.stringify(value)}`)
}
