/** One measured figure and how it is printed: a line for people, or one JSON line with `--json`. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The budget, such as ">= 1000000" or "<= 50". Absent where there is none. */
  readonly must?: string
  readonly peer?: string
  readonly peerValue?: number
  /** value / peerValue. */
  readonly ratio?: number
}

const asJson = process.argv.includes('--json')

export function report(figure: Figure): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(figure)}\n`)
    return
  }
  const must =
    figure.must === undefined
      ? ''
      : `  (must be ${figure.must}: ${meets(figure) ? 'met' : 'MISSED'})`
  const peer =
    figure.peer === undefined
      ? ''
      : `  ${figure.peer}: ${round(figure.peerValue ?? 0)}, ratio ${round(figure.ratio ?? 0)}`
  process.stdout.write(`${figure.name}: ${round(figure.value)} ${figure.unit}${must}${peer}\n`)
}

/** Says on standard error what is under way, so that figures on standard output stay alone. */
export function progress(line: string): void {
  process.stderr.write(`… ${line}\n`)
}

/** Tells whether a figure is within its budget; one without a budget is. */
export function meets({ value, must }: Pick<Figure, 'value' | 'must'>): boolean {
  if (must === undefined) return true
  const [comparison, bound] = must.split(' ')
  return comparison === '>=' ? value >= Number(bound) : value <= Number(bound)
}

function round(value: number): string {
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)))
}
