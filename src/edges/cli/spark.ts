/** A line of characters that shows how values went. Pure. */
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const GAP = ' '

/**
 * Draws values from zero to the greatest, a character each, a space for none; longer lists are cut
 * into equal parts, each shown by its greatest. Worked: [0, null, 4, 8] -> "▁ ▅█".
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const parts = Math.min(width, values.length)
  const shown = Array.from({ length: parts }, (_, part) =>
    greatest(
      values.slice(
        Math.floor((part * values.length) / parts),
        Math.floor(((part + 1) * values.length) / parts),
      ),
    ),
  )
  const top = greatest(shown) ?? 0
  return shown.map((value) => (value === null ? GAP : bar(value, top))).join('')
}

function bar(value: number, top: number): string {
  if (top <= 0 || value <= 0) return BARS[0]
  return BARS[Math.min(BARS.length - 1, Math.floor((value / top) * BARS.length))]!
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}
