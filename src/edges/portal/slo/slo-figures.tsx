import type { ReactNode } from 'react'
import type { SloStatusBody } from '../../http/api/slo.schema.ts'
import { formatAttained, formatBudget, formatObjective, NOTHING } from '../format/format.ts'
import { goneInText } from '../format/gone-in.ts'
import { countWord, formatAmount } from '../format/slo-units.ts'
import { formatMoment, formatSpan } from '../format/time.ts'
import { BudgetTrack } from '../ui/budget-bar.tsx'
import { Figure, Figures } from '../ui/figures.tsx'
import { statusCondition } from '../tenant/slo-verdict.ts'

/** The numbers of a period: attained against promised, what is left of the budget, the counts. */
export function SloFigures({ slo }: { slo: SloStatusBody }): ReactNode {
  const { uncorrected, counted, budgetLeftEvents, recomputed } = slo
  return (
    <Figures isLead>
      <Figure
        label="Budget left"
        note={budgetLeftEvents === null ? NOTHING : leftText(slo, budgetLeftEvents)}
      >
        {formatBudget(slo.budgetLeftRatio)}
        <BudgetTrack leftRatio={slo.budgetLeftRatio} condition={statusCondition(slo)} wide />
      </Figure>
      <Figure
        label={`Attained over ${formatSpan(slo.periodSeconds)}`}
        note={`promised ${formatObjective(slo.objectivePpm)}`}
      >
        {formatAttained(slo.sliRatio)}
      </Figure>
      <Figure
        label={`Bad ${countWord(slo, 2)}`}
        note={`of ${formatAmount(slo.total)} ${countWord(slo, slo.total)}`}
      >
        {formatAmount(slo.bad)}
      </Figure>
      {counted === null && (
        <Figure label="Budget gone in" note={goneNote(slo)}>
          {goneInText(slo)}
        </Figure>
      )}
      {uncorrected !== null && (
        <Figure
          label="Without corrections"
          note={`${formatBudget(uncorrected.budgetLeftRatio)} of the budget left`}
        >
          {formatAttained(uncorrected.sliRatio)}
        </Figure>
      )}
      {recomputed !== null && (
        <Figure label="Past counted again" note={recomputed.reason}>
          {formatMoment(recomputed.atMs)}
        </Figure>
      )}
    </Figures>
  )
}

/** Worked: "4,180 more requests may fail", "120 minutes too many were bad". */
function leftText(slo: SloStatusBody, left: number): string {
  const amount = formatAmount(Math.abs(left))
  const unit = countWord(slo, Math.abs(left))
  return left < 0 ? `${amount} ${unit} over it` : `${amount} more ${unit} may be bad`
}

function goneNote({ budgetLeftRatio, exhaustsInSeconds }: SloStatusBody): string {
  if (budgetLeftRatio !== null && budgetLeftRatio <= 0) return 'all of it is spent'
  return exhaustsInSeconds === null ? 'it does not shrink' : 'at the burn of the last hour'
}
