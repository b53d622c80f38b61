/** What the ruler of an engine says of an SLO that it decides on, in words. Pure. */
import { isoTime } from '../../../core/time.ts'
import { spanText, type SloStatus } from '../../../domain/slo/slo.ts'

/** A status as the API tells it. */
export type ToldStatus = SloStatus & { readonly ruler?: Ruler }

export interface Ruler {
  readonly engine: string
  readonly heardAtMs: number | null
  readonly isSilent: boolean
  readonly failure: string | null
  readonly budgetLeftRatio: number | null
  readonly burns: readonly { readonly windowSeconds: number; readonly burn: number }[]
  readonly alerts: readonly { readonly speed: string | null; readonly action: string }[]
}

/** Says who decides, and what they say. Worked: `the ruler of eu: budget left 98.20 %, quiet`. */
export function rulerText({ engine, isSilent, budgetLeftRatio, alerts, ...rest }: Ruler): string {
  const heard = rest.heardAtMs === null ? 'never heard' : `heard ${isoTime(rest.heardAtMs)}`
  const why = rest.failure === null ? '' : `: ${rest.failure}`
  if (isSilent) return `the ruler of ${engine} is silent, ${heard}${why}`
  const left = budgetLeftRatio === null ? '-' : `${(100 * budgetLeftRatio).toFixed(2)} %`
  const raised = alerts.map(({ action, speed }) => `${action} ${speed ?? ''}`.trim())
  const says = raised.length === 0 ? 'quiet' : raised.join(', ')
  return `the ruler of ${engine}: budget left ${left}, ${says}`
}

/** Says what an explanation adds. Shape: empty where Tenantry decides. */
export function rulerLines({ ruler }: ToldStatus): string[] {
  if (ruler === undefined) return []
  const burns = ruler.burns.map(
    ({ windowSeconds, burn }) => `${spanText(windowSeconds)} ${burn.toFixed(2)}`,
  )
  const all = burns.length === 0 ? [] : [`  burns there: ${burns.join(', ')}`]
  return [
    `  decided by ${rulerText(ruler)}; what follows is Tenantry's own, shown and not raised`,
    ...all,
  ]
}
