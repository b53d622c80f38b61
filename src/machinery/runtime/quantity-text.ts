/**
 * Spans and sizes as configuration files write them, in Prometheus' spelling. Pure.
 */
import { z } from 'zod'

const DURATION =
  /^(?=\d)(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const PART_MS = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1]

/**
 * Reads a duration as Prometheus writes it. Undefined where it is none. Worked: `1h30m` ->
 * 5_400_000.
 */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0
  const parts = DURATION.exec(text)?.slice(1)
  return parts?.reduce((sum, part, index) => sum + Number(part ?? 0) * PART_MS[index]!, 0)
}

const SIZE = /^(\d+)(?:([KMGT])i?)?B$/
const POWERS: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4 }

/** Reads a size; KB and KiB are both 1,024 bytes. Undefined where it is none. Worked: `2GiB` ->
 *  2_147_483_648. */
export function parseSizeBytes(text: string): number | undefined {
  if (text === '0' || text === '') return 0
  const [, digits, unit] = SIZE.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) * 1_024 ** (POWERS[unit ?? ''] ?? 0)
}

/** A field that holds a span. Units: text in, milliseconds out; more than 0. */
export const durationField = z.string().transform((text, context) => {
  const spanMs = parseDurationMs(text)
  if (spanMs !== undefined && spanMs > 0) return spanMs
  context.addIssue(`expected a duration such as 15s or 1m30s, not ${JSON.stringify(text)}`)
  return z.NEVER
})

/** A field that holds a size. Units: text in, bytes out; 0 may be a number. */
export const sizeField = z
  .union([z.literal(0).transform(String), z.string()])
  .transform((text, context) => {
    const bytes = parseSizeBytes(text)
    if (bytes !== undefined) return bytes
    context.addIssue(`expected a size such as 10MB, not ${JSON.stringify(text)}`)
    return z.NEVER
  })
