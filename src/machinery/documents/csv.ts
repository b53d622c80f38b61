/** Writes rows as CSV (RFC 4180): a head line, CRLF, quotes where a value needs them. A text that a
 *  spreadsheet would run as a formula is led in by an apostrophe (OWASP, CSV injection). */
export type CsvValue = string | number | null

export function csvOf(head: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [head, ...rows].map((row) => row.map(csvValue).join(','))
  return `${lines.join('\r\n')}\r\n`
}

function csvValue(value: CsvValue): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
