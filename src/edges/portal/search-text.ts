/** The query part of an address: flat, plain strings, readable in a chat message. Pure. */

/** Reads `?tier=starter&q=ac` into an object of strings. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search))
}

/** Writes an object of strings as `?tier=starter&q=ac`; empty when nothing is set. Commas and
 *  colons stay readable. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const set = Object.entries(search).filter((entry): entry is [string, string] => {
    return typeof entry[1] === 'string' && entry[1] !== ''
  })
  if (set.length === 0) return ''
  const text = new URLSearchParams(set).toString()
  return `?${text.replaceAll('%2C', ',').replaceAll('%3A', ':')}`
}
