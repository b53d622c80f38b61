import type { ReactNode } from 'react'
import { SLO_CONDITIONS, type SloConditionName, type Tone } from '../format/slo-condition.ts'
import { Icon } from './icon.tsx'
import type { IconName } from './icon-paths.ts'
import styles from './state.module.css'

/** A state as icon, word and colour together. */
export function Mark({
  tone,
  icon,
  children,
}: {
  tone: Tone
  icon: IconName
  children: ReactNode
}): ReactNode {
  return (
    <span className={`${styles.mark} ${styles[tone]}`}>
      <Icon name={icon} size={14} />
      {children}
    </span>
  )
}

export function SloMark({ condition }: { condition: SloConditionName }): ReactNode {
  const { tone, icon, word } = SLO_CONDITIONS[condition]
  return (
    <Mark tone={tone} icon={icon}>
      {word}
    </Mark>
  )
}
