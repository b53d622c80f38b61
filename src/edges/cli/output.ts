/**
 * How commands print: a table or sentences for people, one JSON document with `--json`. Results go
 * to stdout, all else to stderr.
 */
export interface Output {
  readonly json: boolean
  /** A result line for people. Silent with `--json`. */
  line(text: string): void
  /** A result that is a text of its own, such as a file. Silent with `--json`. */
  text(text: string): void
  /** The result for machines. Silent without `--json`. */
  value(value: unknown): void
  /** Something said beside the result. */
  note(text: string): void
}

export function openOutput(json: boolean): Output {
  return {
    json,
    line(text) {
      if (!json) process.stdout.write(`${text}\n`)
    },
    text(text) {
      if (!json) process.stdout.write(text)
    },
    value(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    },
    note(text) {
      process.stderr.write(`${text}\n`)
    },
  }
}

/** Lays rows out in columns. Shape: the first row is the head; numbers are right-aligned. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const widths = head.map((title, column) =>
    rows.reduce((width, row) => Math.max(width, String(row[column] ?? '').length), title.length),
  )
  const render = (row: readonly (string | number)[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [head, ...rows].map(render).join('\n')
}

/** Worked: `1 SLO`, `2 SLOs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
