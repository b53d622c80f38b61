import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import type { AlertDetailBody } from '../api/bodies.ts'
import { useAge } from '../api/freshness.ts'
import { alertQuery, fleetQuery, publishedSlosQuery, tenantSloQuery } from '../api/queries.ts'
import { formatInstant, formatSpan } from '../format/time.ts'
import { AlertState } from '../alerts/alert-state.tsx'
import { SloSkeleton } from '../slo/slo-skeletons.tsx'
import { BackLink } from '../ui/back-link.tsx'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { Headline } from '../ui/headline.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { groupName } from '../format/group-name.ts'
import { BesideList } from './beside-list.tsx'
import { DeliveryTable } from './delivery-table.tsx'
import { DeploysBefore } from './deploys-before.tsx'
import { GroupPairs } from './group-pairs.tsx'
import { numberRows, signalsAround, whyRaised } from './explain-words.ts'
import { causeOfAlert, pairsOfCause } from './pairs-of-cause.ts'
import { PairsTable } from './pairs-table.tsx'
import { Rules } from './rules.tsx'
import { Timeline } from './timeline.tsx'
import styles from './explain.module.css'

/** Why an alert was raised: the numbers, the windows, what it holds back, what happened, who was
 *  told. */
export function ExplainPage(): ReactNode {
  const { alertId } = useParams({ from: '/alerts/$alertId' })
  useDocumentTitle('Why this alert · Tenantry')
  const query = useQuery(alertQuery(alertId))
  const failure = useFailure(query)
  const ageMs = useAge(query.dataUpdatedAt)
  return (
    <div className={styles.page}>
      <BackLink to="/alerts">Alerts</BackLink>
      {failure !== null && <ErrorNotice error={failure} onRetry={() => void query.refetch()} />}
      {failure === null && query.data === undefined && <SloSkeleton what="the alert" />}
      {query.data !== undefined && (
        <>
          <Headline
            tone={toneOf(query.data)}
            icon={query.data.state === 'resolved' ? 'check' : 'bell'}
            note={<FreshnessNote asOfMs={query.dataUpdatedAt} ageMs={ageMs} />}
          >
            {query.data.summary}
          </Headline>
          <Explained alert={query.data} nowMs={query.dataUpdatedAt} />
        </>
      )}
    </div>
  )
}

function toneOf({ state, action }: AlertDetailBody): 'good' | 'bad' | 'warning' {
  if (state === 'resolved') return 'good'
  return action === 'page' ? 'bad' : 'warning'
}

function Explained({ alert, nowMs }: { alert: AlertDetailBody; nowMs: number }): ReactNode {
  const published = useQuery(publishedSlosQuery).data
  const isOfGroup = groupName(alert.tenantId) !== null
  const tenantStatuses = useQuery({ ...tenantSloQuery(alert.tenantId), enabled: !isOfGroup })
  const statuses = tenantStatuses.data?.items
  const sloId = alert.labels['slo']
  const unit = published?.slos.find((slo) => slo.sloId === sloId)?.unit ?? 'event'
  const cause = causeOfAlert(alert)
  const pairs =
    cause === null || published === undefined || statuses === undefined
      ? []
      : pairsOfCause(cause, published, {
          statuses,
          firing: alert.state === 'firing' ? [alert] : [],
        })
  return (
    <>
      <AlertFacts alert={alert} nowMs={nowMs} />
      <section className={styles.section} aria-label="Why it was raised">
        <h2 className={styles.heading}>Why it was raised</h2>
        <p className={styles.why}>{whyRaised(alert, alert.openingNumbers, unit)}</p>
        <table className={styles.numbers} aria-label="Numbers of the alert">
          <thead>
            <tr>
              <th scope="col">Number</th>
              <th scope="col">When it opened</th>
              <th scope="col">Last seen</th>
            </tr>
          </thead>
          <tbody>
            {numberRows(alert, unit).map(({ label, opening, last }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{opening}</td>
                <td>{last}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className={styles.columns}>
        <Timeline alert={alert} />
        {!isOfGroup && <BesideList alert={alert} />}
        {!isOfGroup && <DeploysBefore alert={alert} />}
      </div>
      {isOfGroup && sloId !== undefined && <GroupPairs sloId={sloId} alert={alert} />}
      {pairs.length > 0 && cause !== null && (
        <section className={styles.section} aria-label="Its windows now">
          <h2 className={styles.heading}>Its windows now, and what holds back what</h2>
          <PairsTable tenantId={alert.tenantId} pairs={pairs} />
          <Rules cause={cause} slos={[...new Set(pairs.map(({ title }) => title))]} />
        </section>
      )}
      <DeliveryTable deliveries={alert.deliveries} />
    </>
  )
}

function TenantLinks({
  tenantId,
  name,
  sloId,
  search,
}: {
  tenantId: string
  name: string | undefined
  sloId: string | undefined
  search: { from: string; to: string }
}): ReactNode {
  return (
    <>
      <Link to="/tenants/$tenantId" params={{ tenantId }} search={search} className={styles.link}>
        Signals at that time
      </Link>
      {sloId !== undefined && (
        <Link
          to="/tenants/$tenantId/slos/$sloId"
          params={{ tenantId, sloId }}
          className={styles.link}
        >
          Its budget
        </Link>
      )}
      <Link to="/tenants/$tenantId" params={{ tenantId }} className={styles.link}>
        {name ?? tenantId}
      </Link>
    </>
  )
}

/** State, times and where to go on from here. */
function AlertFacts({ alert, nowMs }: { alert: AlertDetailBody; nowMs: number }): ReactNode {
  const { tenantId, openedAtMs, resolvedAtMs, flaps, labels } = alert
  const row = useQuery(fleetQuery).data?.rows.find((each) => each.tenantId === tenantId)
  const range = signalsAround(alert, nowMs)
  const search = { from: String(range.fromMs), to: String(range.toMs) }
  const sloId = labels['slo']
  const group = groupName(tenantId)
  const lasted = formatSpan(((resolvedAtMs ?? nowMs) - openedAtMs) / 1_000)
  return (
    <div className={styles.facts}>
      <AlertState alert={alert} />
      <span title={formatInstant(openedAtMs)}>
        Opened {formatInstant(openedAtMs)},{' '}
        {resolvedAtMs === null ? `for ${lasted}` : `lasted ${lasted}`}
        {flaps > 0 && `; fired again ${flaps} ${flaps === 1 ? 'time' : 'times'}`}
      </span>
      <nav className={styles.links} aria-label="Go on from here">
        {group === null ? (
          <TenantLinks tenantId={tenantId} name={row?.name} sloId={sloId} search={search} />
        ) : (
          sloId !== undefined && (
            <Link to="/slos/$sloId" params={{ sloId }} className={styles.link}>
              {group}, and who has most of it
            </Link>
          )
        )}
      </nav>
    </div>
  )
}
