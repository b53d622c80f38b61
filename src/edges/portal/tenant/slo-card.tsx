import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ClockBody, SloStatusBody } from '../../http/api/slo.schema.ts'
import { formatAttained, formatBudget, formatObjective } from '../format/format.ts'
import { goneInText } from '../format/gone-in.ts'
import { countWord, formatAmount } from '../format/slo-units.ts'
import { formatSpan } from '../format/time.ts'
import { leftText, MARK_LOOKS } from '../slo/clock-words.ts'
import { BudgetTrack } from '../ui/budget-bar.tsx'
import { Mark, SloMark } from '../ui/state-mark.tsx'
import { BurnTable } from './burn-table.tsx'
import { SloCorrections } from './slo-corrections.tsx'
import { SloDimensions } from './slo-dimensions.tsx'
import { statusCondition } from './slo-verdict.ts'
import styles from './tenant.module.css'

/** One SLO: its verdict, what is left of the budget, the counts behind the ratio, and the burn
 *  per window. */
export function SloCard({ slo }: { slo: SloStatusBody }): ReactNode {
  const condition = statusCondition(slo)
  return (
    <section
      className={slo.counted === null ? styles.slo : `${styles.slo} ${styles.short}`}
      aria-label={slo.title}
    >
      <div className={styles.sloHead}>
        <h2>
          <Link
            to="/tenants/$tenantId/slos/$sloId"
            params={{ tenantId: slo.tenantId, sloId: slo.sloId }}
            className={styles.sloLink}
          >
            {slo.title}
          </Link>
        </h2>
        <SloMark condition={condition} />
      </div>
      <p className={styles.sloVerdict}>{slo.verdict}</p>
      <div className={styles.budget}>
        <span>Budget left</span>
        <strong>{formatBudget(slo.budgetLeftRatio)}</strong>
        <BudgetTrack leftRatio={slo.budgetLeftRatio} condition={condition} wide />
      </div>
      <dl className={styles.figures}>
        <Fact label={`Attained over ${formatSpan(slo.periodSeconds)}`}>
          {formatAttained(slo.sliRatio)}
        </Fact>
        <Fact label="Objective">{formatObjective(slo.objectivePpm)}</Fact>
        <Fact label={`Bad ${countWord(slo, 2)}`}>
          {formatAmount(slo.bad)} of {formatAmount(slo.total)}
        </Fact>
        {slo.counted === null && <Fact label="Budget gone in">{goneInText(slo)}</Fact>}
      </dl>
      <SloCorrections slo={slo} />
      {slo.counted === null && <SloDimensions slo={slo} />}
      {slo.counted === null && <BurnTable burns={slo.burns} title={slo.title} />}
      {slo.counted !== null && <OpenClocks slo={slo} counted={slo.counted} />}
    </section>
  )
}

/** What runs against the limit now, the furthest first. */
function OpenClocks({
  slo: { clocks },
  counted: { one, many },
}: {
  slo: SloStatusBody
  counted: NonNullable<SloStatusBody['counted']>
}): ReactNode {
  if (clocks.length === 0) return <p className={styles.clocks}>No {one} is open.</p>
  const [first] = clocks as [ClockBody]
  const look = MARK_LOOKS[first.mark?.action ?? 'none']
  return (
    <p className={styles.clocks}>
      {clocks.length === 1 ? `1 ${one}` : `${clocks.length} ${many}`} open, {leftText(first)}
      <Mark tone={look.tone} icon={look.icon}>
        {look.word}
      </Mark>
    </p>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
