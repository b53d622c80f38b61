import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { PlannedOwnerBody } from '../../http/api/engines.schema.ts'
import { formatCount } from '../format/format.ts'
import { Mark } from '../ui/state-mark.tsx'
import { changesTold, OWNER_STATES, ownerName } from './engine-words.ts'
import { OwnerChanges } from './owner-changes.tsx'
import tables from '../ui/table.module.css'
import styles from './engines.module.css'

/** Tenants whose rules are not what they shall be; pressed, one shows its changes line by line. */
export function OwnerTable({
  engine,
  owners,
  shown,
}: {
  engine: string
  owners: readonly PlannedOwnerBody[]
  shown: string | undefined
}): ReactNode {
  return (
    <>
      <table className={`${tables.table} ${styles.owners}`} aria-label="What a push would change">
        <thead>
          <tr>
            <th scope="col">Tenant</th>
            <th scope="col">State</th>
            <th scope="col">Groups that change</th>
            <th scope="col" className={tables.amount}>
              Rules then
            </th>
          </tr>
        </thead>
        <tbody>
          {owners.map(({ owner, state, changes, rules, detail }) => {
            const { tone, icon, text } = OWNER_STATES[state]
            return (
              <tr key={owner} data-shown={owner === shown}>
                <th scope="row">
                  {changes.length > 0 && owner !== '__fleet__' ? (
                    <Link
                      to="/engines"
                      search={{ engine, ...(owner === shown ? {} : { owner }) }}
                      resetScroll={false}
                      className={styles.link}
                      aria-expanded={owner === shown}
                    >
                      {ownerName(owner)}
                    </Link>
                  ) : (
                    ownerName(owner)
                  )}
                </th>
                <td>
                  <Mark tone={tone} icon={icon}>
                    {text}
                  </Mark>
                  {detail !== null && <small>{detail}</small>}
                </td>
                <td data-label="Groups that change">{changesTold(changes)}</td>
                <td className={tables.amount} data-label="Rules then">
                  {formatCount(rules)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {shown !== undefined && owners.some(({ owner }) => owner === shown) && (
        <OwnerChanges engine={engine} owner={shown} />
      )}
    </>
  )
}
