import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { CardinalityBody, TenantIntakeBody } from '../../http/api/intake.schema.ts'
import { useFailure } from '../api/answer.ts'
import { cardinalityQuery, tenantIntakeQuery } from '../api/queries.ts'
import { formatCount, formatRate } from '../format/format.ts'
import { Instant } from '../ui/instant.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import styles from './collector.module.css'
import { CollectorSkeleton } from './collector-skeleton.tsx'
import { UseBar } from './use-bar.tsx'
import { limitWord } from './words.ts'

/** One tenant: its limits and what is used of them, what was refused, and who made its series. */
export function TenantCardinality({ tenantId }: { tenantId: string }): ReactNode {
  const intake = useQuery(tenantIntakeQuery(tenantId))
  const cardinality = useQuery(cardinalityQuery(tenantId))
  const failure = useFailure(intake) ?? useFailure(cardinality)
  return (
    <section className={styles.drill} aria-label={`Series of ${tenantId}`}>
      <div className={styles.drillHead}>
        <h2 className={styles.heading}>{tenantId}: who made these series</h2>
        <Link to="/collector/cardinality" search={{}} className={styles.link}>
          Close
        </Link>
      </div>
      {failure !== null && (
        <ErrorNotice error={failure} onRetry={() => void cardinality.refetch()} />
      )}
      {failure === null && (intake.data === undefined || cardinality.data === undefined) && (
        <CollectorSkeleton what="the series" />
      )}
      {intake.data !== undefined && cardinality.data !== undefined && (
        <>
          <Uses intake={intake.data} />
          <Refusals intake={intake.data} />
          <div className={styles.pair}>
            <MetricNames cardinality={cardinality.data} />
            <LabelNames cardinality={cardinality.data} />
          </div>
        </>
      )}
    </section>
  )
}

function Uses({ intake }: { intake: TenantIntakeBody }): ReactNode {
  return (
    <dl className={styles.figures}>
      {intake.uses.map(({ limit, used, allowed }) => (
        <div key={limit} className={styles.figure}>
          <dt>{limitWord(limit)}</dt>
          <dd>
            <UseBar
              used={used}
              allowed={allowed}
              format={limit === 'samplesPerSecond' ? formatRate : formatCount}
            />
          </dd>
        </div>
      ))}
      <div className={styles.figure}>
        <dt>New series in the last hour</dt>
        <dd className={styles.value}>{formatCount(intake.newSeriesLastHour)}</dd>
      </div>
    </dl>
  )
}

function Refusals({ intake }: { intake: TenantIntakeBody }): ReactNode {
  if (intake.refusals.length === 0) return null
  return (
    <table className={`${styles.table} ${styles.reasons}`} aria-label="Refused, and examples">
      <thead>
        <tr>
          <th scope="col">Refused for</th>
          <th scope="col">What it means, and series that it met</th>
          <th scope="col">Samples</th>
          <th scope="col">Requests</th>
          <th scope="col">Last</th>
        </tr>
      </thead>
      <tbody>
        {intake.refusals.map(({ reason, meaning, samples, requests, lastAtMs, examples }) => (
          <tr key={reason}>
            <th scope="row">{reason}</th>
            <td className={styles.meaning}>
              {meaning}
              {examples.map((example) => (
                <code key={example} className={styles.example}>
                  {example}
                </code>
              ))}
            </td>
            <td data-label="Samples">{formatCount(samples)}</td>
            <td data-label="Requests">{formatCount(requests)}</td>
            <td data-label="Last">
              {lastAtMs === null ? 'before the last start' : <Instant atMs={lastAtMs} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function MetricNames({ cardinality }: { cardinality: CardinalityBody }): ReactNode {
  const { metrics, metricNames, series } = cardinality
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>
        Metrics by series ({formatCount(metricNames)} metrics, {formatCount(series)} series)
      </h3>
      <table className={styles.table} aria-label="Metrics by series">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Series</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <tr key={metric.name}>
              <th scope="row">
                <span className={styles.address}>{metric.name}</span>
              </th>
              <td>{formatCount(metric.series)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function LabelNames({ cardinality }: { cardinality: CardinalityBody }): ReactNode {
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>
        Labels by distinct values ({formatCount(cardinality.labelNames)} labels)
      </h3>
      <table className={styles.table} aria-label="Labels by distinct values">
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col">Values</th>
            <th scope="col">Series</th>
          </tr>
        </thead>
        <tbody>
          {cardinality.labels.map(({ name, values, isAtLeast, series, examples }) => (
            <tr key={name}>
              <th scope="row">
                <span className={styles.address}>{name}</span>
                <span className={styles.labels}>{examples.join(', ')}</span>
              </th>
              <td>
                {isAtLeast ? 'at least ' : ''}
                {formatCount(values)}
              </td>
              <td>{formatCount(series)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
