/** Why a scrape failed. The word is what it is counted under. */
export const SCRAPE_FAULTS = [
  'unreachable',
  'timeout',
  'status',
  'media-type',
  'too-large',
  'malformed',
  'limit',
  'secret',
  'log',
] as const
export type ScrapeFaultKind = (typeof SCRAPE_FAULTS)[number]

export class ScrapeFault extends Error {
  readonly kind: ScrapeFaultKind

  constructor(kind: ScrapeFaultKind, message: string) {
    super(message)
    this.name = 'ScrapeFault'
    this.kind = kind
  }
}
