import { Skeleton } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { tenantDeploysQuery, tenantSignalsQuery } from '../api/queries.ts'
import { CommandLine } from '../ui/command-line.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import type { DeployBody } from '../../http/api/deploys.schema.ts'
import { deployMarks, deployWords } from './deploy-marks.ts'
import type { Threshold } from './plot-scene.ts'
import { RangePicker } from './range-picker.tsx'
import { CHART_GROUPS, CHART_SIGNALS } from './signal-charts.ts'
import { SignalChart } from './signal-chart.tsx'
import {
  rangeOf,
  tablesOf,
  withRange,
  withTable,
  withZoom,
  type SignalSearch,
} from './signal-range.ts'
import styles from './signals.module.css'

const NO_DEPLOYS: readonly DeployBody[] = []

/** A tenant's signals over time: traffic, errors, duration, and what it uses. All charts share
 *  cursor, range and zoom; dragging over any of them narrows the range. */
export function TenantCharts({
  tenantId,
  durationThreshold,
}: {
  tenantId: string
  durationThreshold: Threshold | null
}): ReactNode {
  const search = useSearch({ from: '/tenants/$tenantId' })
  const navigate = useNavigate({ from: '/tenants/$tenantId' })
  const [step, setStep] = useState<number | null>(null)
  const range = rangeOf(search)
  const query = useQuery({
    ...tenantSignalsQuery(tenantId, CHART_SIGNALS, range),
    placeholderData: keepPreviousData,
  })
  const failure = useFailure(query)
  const deploys =
    useQuery({
      ...tenantDeploysQuery(tenantId, query.data),
      placeholderData: keepPreviousData,
    }).data?.items ?? NO_DEPLOYS
  const marks = useMemo(() => deployMarks(deploys), [deploys])
  const go = useCallback(
    (change: (now: SignalSearch) => SignalSearch) =>
      void navigate({ search: change, resetScroll: false }),
    [navigate],
  )
  const calls = useMemo(
    () => ({
      onCursor: setStep,
      onZoom: (fromMs: number, toMs: number) => go((now) => withZoom(now, fromMs, toMs)),
    }),
    [go],
  )
  const answer = query.data
  const told = deployWords(deploys)
  const tables = tablesOf(search)
  return (
    <section className={styles.signals} aria-label="Signals over time">
      <div className={styles.head}>
        <h2 className={styles.heading}>Signals</h2>
        <RangePicker
          range={range}
          onRange={(name) => go((now) => withRange(now, name))}
          onZoom={calls.onZoom}
        />
      </div>
      {told !== null && <p className={styles.deploys}>{told}</p>}
      {failure !== null && <ErrorNotice error={failure} onRetry={() => void query.refetch()} />}
      {failure === null && answer === undefined && <ChartsSkeleton />}
      {answer?.lastSampleAtMs === null && <NeverHeard tenantId={tenantId} />}
      {answer !== undefined &&
        answer.lastSampleAtMs !== null &&
        CHART_GROUPS.map(({ title, charts }) => (
          <div key={title} role="group" aria-label={title}>
            <p className={styles.groupTitle}>{title}</p>
            <div
              className={styles.charts}
              data-count={charts.length}
              data-waiting={query.isPlaceholderData}
            >
              {charts.map((row) => (
                <SignalChart
                  key={row.chart}
                  row={row}
                  answer={answer}
                  threshold={row.chart === 'duration' ? durationThreshold : null}
                  marks={marks}
                  step={step}
                  isTable={tables.includes(row.chart)}
                  onTable={() => go((now) => withTable(now, row.chart))}
                  calls={calls}
                />
              ))}
            </div>
          </div>
        ))}
    </section>
  )
}

function NeverHeard({ tenantId }: { tenantId: string }): ReactNode {
  return (
    <EmptyNotice
      icon="intake"
      title="No metrics yet"
      text="Nothing was ever received from this tenant, so there is nothing to draw. Give its services a key, and let them send OpenTelemetry or Prometheus metrics."
    >
      <CommandLine>{`npx tenantry key create --role collector --tenant ${tenantId}`}</CommandLine>
    </EmptyNotice>
  )
}

function ChartsSkeleton(): ReactNode {
  return (
    <div aria-busy="true" aria-label="Loading the signals" className={styles.charts}>
      {[0, 1, 2].map((chart) => (
        <Skeleton key={chart} height={268} />
      ))}
    </div>
  )
}
