/** Joins two expositions into one. A family that both have is kept from the first: a scraper
 *  refuses a text that names one twice. Shape: each family begins with its `# HELP` line, as
 *  both writers do; the text ends in a line feed. */
export function mergeExpositions(first: string, second: string): string {
  const families = new Map<string, string>()
  for (const text of [first, second]) {
    for (const family of text.split(/^(?=# HELP )/m)) {
      const name = /^# HELP (\S+)/.exec(family)?.[1]
      if (name !== undefined && !families.has(name)) families.set(name, family.trimEnd())
    }
  }
  return [...families.values(), ''].join('\n')
}
