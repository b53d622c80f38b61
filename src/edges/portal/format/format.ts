/**
 * Numbers as a reader takes them in: with a unit, with as many digits as mean something, `–` where
 * nothing is known. Pure. Ratios 0..1 and seconds come in; percent, k and ms go out. The space
 * before a unit is narrow and does not break.
 */
import type { ApdexBody } from '../../http/api/apdex.schema.ts'
import type { QuantileBody } from '../../http/api/quantile.schema.ts'
import type { UsersBody } from '../../http/api/users.schema.ts'

const SPACE = '\u202f'
export const NOTHING = '–'

/** Writes a number with three significant digits and no trailing zeros. Worked: 6.204 -> 6.2,
 *  0.01234 -> 0.0123, 1234 -> 1,234. */
export function significant(value: number, digits = 3): string {
  const magnitude = Math.abs(value)
  const places = magnitude >= 10 ** (digits - 1) || magnitude === 0 ? 0 : placesFor(value, digits)
  return value.toLocaleString('en-US', { maximumFractionDigits: places }).replace('-', '−')
}

/** Two significant digits, or all whole ones: what a glance takes in. Worked: 6.37 -> 6.4, 91.6
 *  -> 92, 412.6 -> 413. */
function brief(value: number): string {
  return significant(value, Math.abs(value) >= 9.95 ? 1 : 2)
}

function placesFor(value: number, digits: number): number {
  return Math.min(Math.max(digits - 1 - Math.floor(Math.log10(Math.abs(value))), 0), 12)
}

/** Writes a share that is small when all is well, such as an error ratio. Worked: 0.0123 -> 1.23
 *  %, 0.00042 -> 0.042 %. */
export function formatShare(ratio: number | null): string {
  if (ratio === null) return NOTHING
  const percent = ratio * 100
  if (percent !== 0 && Math.abs(percent) < 0.001) return `<${SPACE}0.001${SPACE}%`
  return `${significant(percent, Math.abs(percent) < 1 ? 2 : 3)}${SPACE}%`
}

/** Writes a share that is near one when all is well, never rounded up to 100 %. Worked: 0.99951
 *  -> 99.951 %, 0.9999999 -> 99.99999 %. */
export function formatAttained(ratio: number | null): string {
  if (ratio === null) return NOTHING
  const missing = (1 - ratio) * 100
  const places = missing <= 0 ? 0 : Math.min(Math.max(1 - Math.floor(Math.log10(missing)), 0), 6)
  const scale = 10 ** places
  const percent = Math.floor(ratio * 100 * scale + 1e-6) / scale
  return `${percent.toFixed(places)}${SPACE}%`
}

/** Writes what is left of a budget as a whole percent; negative when overspent. Worked: 0.614 ->
 *  61 %, -0.2 -> −20 %, 0.004 -> <1 %. */
export function formatBudget(leftRatio: number | null): string {
  if (leftRatio === null) return NOTHING
  const percent = leftRatio * 100
  if (percent > 0 && percent < 1) return `<1${SPACE}%`
  if (percent < -999) return `<${SPACE}−999${SPACE}%`
  const whole = Math.trunc(percent + Math.sign(percent) * 1e-9) || 0
  return `${String(whole).replace('-', '−')}${SPACE}%`
}

/** Writes an objective. Worked: 999_000 -> 99.9 %. */
export function formatObjective(ppm: number): string {
  return `${(ppm / 10_000).toLocaleString('en-US', { maximumFractionDigits: 4 })}${SPACE}%`
}

const SCALES = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** Writes a rate. Worked: 1234 -> 1.2 k/s, 184.2 -> 184 /s, 0 -> 0 /s. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return NOTHING
  const [scale, prefix] = SCALES.find(([from]) => perSecond >= from * 0.9995) ?? [1, '']
  if (scale === 1 && perSecond > 0 && perSecond < 0.01) return `<${SPACE}0.01${SPACE}/s`
  return `${brief(perSecond / scale)}${SPACE}${prefix}/s`
}

/** Writes a count in full. Worked: 1204512 -> 1,204,512. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 }).replace('-', '−')
}

const SIZES = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
] as const

/** Writes a size. Worked: 268_435_456 -> 256 MiB, 1_536 -> 1.5 KiB, 0 -> 0 B. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return NOTHING
  const [scale, unit] = SIZES.find(([from]) => bytes >= from * 0.9995) ?? [1, 'B']
  return `${brief(bytes / scale)}${SPACE}${unit}`
}

/** Writes a response time. Worked: 0.184 -> 184 ms, 1.24 -> 1.24 s, 0.00085 -> 850 µs. */
export function formatLatency(seconds: number | null): string {
  if (seconds === null) return NOTHING
  if (seconds === 0) return `0${SPACE}ms`
  if (seconds < 0.001) return `${brief(seconds * 1e6)}${SPACE}µs`
  if (seconds < 0.9995) return `${brief(seconds * 1000)}${SPACE}ms`
  return `${significant(seconds)}${SPACE}s`
}

/**
 * Writes a quantile with the bounds that the true value lies between. Worked: p99 184 ms (150 ms to
 * 250 ms), p99 10 s (over 10 s).
 */
export function quantileText(name: string, quantile: QuantileBody | null): string {
  if (quantile === null) return 'Nothing counted'
  const { valueSeconds, lowerSeconds, upperSeconds } = quantile
  const bounds =
    upperSeconds === null
      ? `over ${formatLatency(lowerSeconds)}`
      : `${formatLatency(lowerSeconds)} to ${formatLatency(upperSeconds)}`
  return `${name} ${formatLatency(valueSeconds)} (${bounds})`
}

/** Writes an Apdex as it is usual, with two places. Worked: 0.9432 -> 0.94. */
export function formatApdex(apdex: ApdexBody | null): string {
  return apdex === null ? NOTHING : apdex.ratio.toFixed(2)
}

/** Says what an Apdex was measured by, and its bounds where they differ. Worked: 0.91 to 0.96 at
 *  200 ms. */
export function apdexText(apdex: ApdexBody | null): string {
  if (apdex === null) return 'Nothing counted'
  const bounds = [apdex.lowerRatio, apdex.upperRatio].map((ratio) => ratio.toFixed(2))
  return `${[...new Set(bounds)].join(' to ')} at ${formatLatency(apdex.thresholdSeconds)}`
}

/** Writes a rate of bytes. Worked: 2_097_152 -> 2 MiB/s. */
export function formatByteRate(bytesPerSecond: number | null): string {
  return bytesPerSecond === null ? NOTHING : `${formatBytes(bytesPerSecond)}/s`
}

/** Writes how many processor cores are in use, few as thousandths. Worked: 2.416 -> 2.4 cores, 1 ->
 *  1 core, 0.0088 -> 8.8 mcores. */
export function formatCores(cores: number | null): string {
  if (cores === null) return NOTHING
  if (cores > 0 && cores < 0.00001) return `<${SPACE}0.01${SPACE}mcores`
  if (cores > 0 && cores < 0.1) return `${significant(cores * 1000, 2)}${SPACE}mcores`
  const text = significant(cores, 2)
  return `${text}${SPACE}${text === '1' ? 'core' : 'cores'}`
}

/** Says where a number of users is from. Worked: estimated over five minutes; 1,204 in an hour,
 *  9,120 in a day, ±3.25 %. */
export function usersText({ isReported, distinct }: UsersBody): string {
  const from = isReported ? 'reported' : 'estimated over five minutes'
  if (distinct === null) return from
  const { hour, day, standardErrorRatio } = distinct
  const error = formatShare(standardErrorRatio)
  return `${from}; ${formatCount(hour)} in an hour, ${formatCount(day)} in a day, ±${error}`
}

/** Writes how many times too fast a budget is spent. Worked: 6.204 -> 6.2×, 0.031 -> 0.03×, 14.4
 *  -> 14.4×. */
export function formatBurn(burn: number | null): string {
  if (burn === null) return NOTHING
  if (burn > 0 && burn < 0.01) return '<0.01×'
  if (burn < 1) return `${burn.toLocaleString('en-US', { maximumFractionDigits: 2 })}×`
  return `${burn.toLocaleString('en-US', { maximumFractionDigits: burn < 100 ? 1 : 0 })}×`
}
