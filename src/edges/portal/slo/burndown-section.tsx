import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState, type ReactNode } from 'react'
import type { DeployBody } from '../../http/api/deploys.schema.ts'
import type { LoadTestBody } from '../../http/api/load-tests.schema.ts'
import type { SloStatusBody } from '../../http/api/slo.schema.ts'
import { useFailure } from '../api/answer.ts'
import type { AlertBody } from '../api/bodies.ts'
import {
  publishedSlosQuery,
  sloBurndownQuery,
  tenantAlertsQuery,
  tenantDeploysQuery,
  tenantLoadTestsQuery,
} from '../api/queries.ts'
import { causeOf } from '../explain/pairs-of-cause.ts'
import { formatMoment } from '../format/time.ts'
import { loadSpans, loadTestsInWords } from '../load-tests/load-test-words.ts'
import { deployMarks, deployWords } from '../signals/deploy-marks.ts'
import { ErrorNotice } from '../ui/notice.tsx'
import { Panel, Toggle } from '../ui/panel.tsx'
import { AlertsOfSlo } from './alerts-of-slo.tsx'
import { BurndownFigures } from './burndown-figures.tsx'
import { BurndownPlot } from './burndown-plot.tsx'
import { BurndownTable } from './burndown-table.tsx'
import {
  alertsOf,
  alertSpans,
  burndownInWords,
  burndownKey,
  burndownLines,
  burndownScale,
  DEEPEST,
  drawnRange,
  isCounted,
  type CountedBurndown,
} from './burndown-data.ts'
import { CorrectionsOfSlo } from './corrections-of-slo.tsx'
import { DearestSteps } from './dearest-steps.tsx'
import { ObjectiveHistory } from './objective-history.tsx'
import { withPart, withTable, withWhole, type SloView } from './slo-view.ts'
import styles from './slo.module.css'

const NO_TESTS: readonly LoadTestBody[] = []
const NO_DEPLOYS: readonly DeployBody[] = []
const NO_ALERTS: readonly AlertBody[] = []

/** How the budget was spent over its period, and what happened meanwhile. */
export function BurndownSection({
  slo: { tenantId, sloId, counted },
}: {
  slo: SloStatusBody
}): ReactNode {
  const query = useQuery(sloBurndownQuery(tenantId, sloId))
  const failure = useFailure(query)
  const alerts = useQuery(tenantAlertsQuery(tenantId)).data?.items
  const body = useMemo(() => query.data && { ...query.data, counted }, [query.data, counted])
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (body === undefined)
    return (
      <div aria-busy="true" aria-label="Loading the burndown">
        <Skeleton height={384} my={16} />
      </div>
    )
  return <BurndownView body={body} alerts={alerts} />
}

function BurndownView({
  body,
  alerts,
}: {
  body: CountedBurndown
  alerts: readonly AlertBody[] | undefined
}): ReactNode {
  const cause = causeOf(useQuery(publishedSlosQuery).data, body.sloId)
  const own = useMemo(
    () => (alerts === undefined ? undefined : alertsOf(alerts, body, cause)),
    [alerts, body, cause],
  )
  return (
    <>
      <BurndownChart body={body} alerts={own ?? NO_ALERTS} />
      <div className={styles.columns}>
        <AlertsOfSlo alerts={own} sloId={body.sloId} />
        <DearestSteps body={body} />
        <CorrectionsOfSlo body={body} />
        <ObjectiveHistory objectives={body.objectives} nowMs={body.toMs} />
      </div>
    </>
  )
}

function BurndownChart({
  body,
  alerts,
}: {
  body: CountedBurndown
  alerts: readonly AlertBody[]
}): ReactNode {
  const view = useSearch({ from: '/tenants/$tenantId/slos/$sloId' })
  const navigate = useNavigate({ from: '/tenants/$tenantId/slos/$sloId' })
  const [point, setPoint] = useState<number | null>(null)
  const list = useQuery(tenantDeploysQuery(body.tenantId, body)).data
  const deploys = list?.items ?? NO_DEPLOYS
  const tests = useQuery(tenantLoadTestsQuery(body.tenantId, body)).data?.items ?? NO_TESTS
  const lines = useMemo(() => burndownLines(body), [body])
  const range = useMemo(() => drawnRange(body, view), [body, view])
  const scene = useMemo(
    () => ({
      ...range,
      scale: burndownScale(lines),
      lines,
      excluded: body.exclusions,
      alerts: alertSpans(alerts, body),
      marks: deployMarks(deploys),
      loads: loadSpans(tests),
    }),
    [body, lines, range, alerts, deploys, tests],
  )
  const calls = useMemo(() => {
    const go = (change: (now: SloView) => SloView): void =>
      void navigate({ search: change, resetScroll: false })
    return {
      onCursor: setPoint,
      onZoom: (fromMs: number, toMs: number) => go((now) => withPart(now, fromMs, toMs)),
      onWhole: () => go(withWhole),
      onTable: () => go(withTable),
    }
  }, [navigate])
  const isTable = view.table === 'burndown'
  const told = deployWords(deploys)
  const toldTests = loadTestsInWords(tests)
  const key = burndownKey({
    excluded: body.exclusions.length > 0,
    alerts: alerts.length > 0,
    deploys: deploys.length > 0,
    loads: tests.length > 0,
    isCutOff: lines.left.some((ratio) => ratio !== null && ratio < DEEPEST),
  })
  return (
    <Panel
      label="Budget over the period"
      head={<h2>Budget over the period</h2>}
      actions={
        <>
          {view.from !== undefined && <Toggle onClick={calls.onWhole}>Whole period</Toggle>}
          {isCounted(body) && (
            <Toggle isOn={isTable} onClick={calls.onTable}>
              Table
            </Toggle>
          )}
        </>
      }
    >
      {!isCounted(body) && (
        <p className={styles.nothing}>
          Nothing was counted since {formatMoment(body.fromMs)}: without traffic no budget is spent
          and none is there to spend.
        </p>
      )}
      {isCounted(body) && (
        <>
          <BurndownFigures body={body} point={point} />
          {isTable ? (
            <BurndownTable body={body} range={range} />
          ) : (
            <BurndownPlot
              scene={scene}
              words={burndownInWords(body, alerts.length)}
              calls={calls}
            />
          )}
        </>
      )}
      {key !== null && isCounted(body) && !isTable && <p className={styles.under}>{key}</p>}
      {told !== null && (
        <p className={styles.under}>
          {told}
          {list?.nextCursor !== null && '; older ones are not marked'}
        </p>
      )}
      {toldTests !== null && <p className={styles.under}>{toldTests}</p>}
    </Panel>
  )
}
