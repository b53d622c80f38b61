import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import styles from '../ui/notice.module.css'
import { EmptyNotice } from '../ui/notice.tsx'

export function NotFound(): ReactNode {
  return (
    <EmptyNotice
      icon="search"
      title="There is no such page"
      text="The address may be mistyped, or the link comes from another version of Tenantry."
    >
      <Link to="/" className={styles.link}>
        Go to the fleet
      </Link>
    </EmptyNotice>
  )
}
