import type { ReactNode } from 'react'
import { formatBurn } from '../../format/format.ts'
import { formatSpan } from '../../format/time.ts'
import { SPEED_WORDS } from '../burn-words.ts'
import type { PublishedSloBody } from '../slo-list.ts'
import styles from '../slo.module.css'
import { PERIODS, type TrialForm } from './trial-form.ts'

/** The objective, the period and the pairs, as they are to be tried. */
export function TrialFields({
  form,
  slo,
  onChange,
}: {
  form: TrialForm
  slo: PublishedSloBody
  onChange: (form: TrialForm) => void
}): ReactNode {
  const setShare = (speed: string, share: string | null): void =>
    onChange({ ...form, shares: { ...form.shares, [speed]: share } })
  return (
    <>
      <label className={styles.trialField}>
        <span>Objective, %</span>
        <input
          inputMode="decimal"
          placeholder="as it is"
          value={form.objective}
          onChange={(event) => onChange({ ...form, objective: event.currentTarget.value })}
        />
      </label>
      <label className={styles.trialField}>
        <span>Period</span>
        <select
          value={form.period}
          onChange={(event) => onChange({ ...form, period: event.currentTarget.value })}
        >
          {PERIODS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {slo.pairs.map(({ speed, action, longSeconds, shortSeconds, threshold, budgetPercent }) => {
        const share = form.shares[speed] ?? null
        const words = `${SPEED_WORDS[speed]} ${action}, ${formatSpan(longSeconds)} and ${formatSpan(shortSeconds)}`
        return (
          <div key={speed} className={styles.trialField}>
            <label className={styles.trialCheck}>
              <input
                type="checkbox"
                checked={share !== null}
                onChange={(event) =>
                  setShare(speed, event.currentTarget.checked ? String(budgetPercent) : null)
                }
              />
              <span>{words}</span>
            </label>
            <span className={styles.trialShare}>
              <input
                inputMode="decimal"
                aria-label={`Share of the budget of the ${speed} pair, %`}
                disabled={share === null}
                value={share ?? ''}
                onChange={(event) => setShare(speed, event.currentTarget.value)}
              />
              <small>% of the budget; now {formatBurn(threshold)}</small>
            </span>
          </div>
        )
      })}
    </>
  )
}
