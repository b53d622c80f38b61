/** Reads values of an address. Pure. */

/** Keeps of a list those that are known. Worked: "starter,x" -> "starter". */
export function known(value: unknown, allowed: readonly string[]): string {
  return list(text(value))
    .filter((item) => allowed.includes(item))
    .join(',')
}

/** Reads a text; empty where it is none. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Takes a list apart. */
export function list(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : value.split(',')
}
