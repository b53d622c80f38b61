/** How a review says its numbers. Pure. */

export function percent(ratio: number | null, digits = 1): string {
  if (ratio === null) return 'no events'
  return `${trimmed(ratio * 100, digits)} %`
}

/** Writes a share that was kept: rounded down, so that what missed never reads as kept. */
export function sliText(ratio: number | null): string {
  if (ratio === null) return 'no events'
  return `${String(Math.floor(ratio * 1e6) / 1e4)} %`
}

export function objectiveText(ppm: number | null): string {
  return ppm === null ? 'several' : `${String(ppm / 1e4)} %`
}

export function countText(count: number): string {
  return trimmed(count, 1).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ' ')
}

/** Writes what became of a share since the period before. */
export function changeText(now: number | null, before: number | null): string {
  if (now === null || before === null) return 'not known before'
  const points = (now - before) * 100
  if (Math.abs(points) < 0.05) return 'as before'
  return `${trimmed(Math.abs(points), 1)} points ${points > 0 ? 'more' : 'less'} than before`
}

export function durationText(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.round(minutes / 1_440)} d`
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
