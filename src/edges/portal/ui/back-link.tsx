import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode } from 'react'
import { Icon } from './icon.tsx'
import styles from './back-link.module.css'

/** Leads to what stands above a page. */
export const BackLink = createLink(function BackAnchor({
  children,
  ...anchor
}: AnchorHTMLAttributes<HTMLAnchorElement>): ReactNode {
  return (
    <a {...anchor} className={styles.back}>
      <Icon name="back" size={14} />
      {children}
    </a>
  )
})
