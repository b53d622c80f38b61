import type { ReactNode } from 'react'

export function Logo({ size = 24 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--tn-accent)" />
      <path
        d="M8 10h16M16 10v13"
        stroke="var(--tn-on-accent)"
        strokeWidth="3"
        strokeLinecap="round"
      />
      <circle cx="23.5" cy="21.5" r="2.5" fill="var(--tn-on-accent)" />
    </svg>
  )
}
