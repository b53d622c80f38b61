/** The line of a sparkline as an SVG path. Pure. Gaps stay gaps; a lone value between gaps
 *  becomes a short dash so that it can be seen. */
export interface SparkBox {
  readonly width: number
  readonly height: number
  /** The value at the top edge. Values above it are cut off there. */
  readonly top: number
}

/** Draws values from left to right, oldest first, zero at the bottom. Worked: [0, 1] in 10 x 10
 *  with top 1 -> "M0 10L10 0". */
export function sparkPath(values: readonly (number | null)[], box: SparkBox): string {
  const step = values.length > 1 ? box.width / (values.length - 1) : 0
  let path = ''
  values.forEach((value, index) => {
    if (value === null) return
    const x = round(index * step)
    const y = round(box.height - (Math.min(Math.max(value, 0), box.top) / box.top) * box.height)
    const joined = index > 0 && values[index - 1] !== null
    const lone = !joined && (values[index + 1] ?? null) === null
    path += joined ? `L${x} ${y}` : `M${x} ${y}${lone ? 'h0.01' : ''}`
  })
  return path
}

/** Tells the scale of a burn sparkline: at least twice the rate that spends the budget exactly,
 *  so that calm looks calm. */
export function sparkTop(values: readonly (number | null)[]): number {
  return values.reduce<number>((top, value) => Math.max(top, value ?? 0), 2)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
