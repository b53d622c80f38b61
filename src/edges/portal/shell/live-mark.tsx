import type { ReactNode } from 'react'
import { useLive, useLiveState } from '../api/live-context.tsx'
import { formatInstant, formatTimeOfDay } from '../format/time.ts'
import { Icon } from '../ui/icon.tsx'
import styles from './shell.module.css'

/** Whether the page follows what happens: live, paused by the reader, or since when it has lost
 *  the server. */
export function LiveMark(): ReactNode {
  const live = useLive()
  const { status, sinceMs } = useLiveState()
  const since = `since ${formatInstant(sinceMs)}`
  const title = {
    live: 'Follows what happens. Press to pause.  p',
    connecting: 'Connecting to the server',
    paused: `Paused ${since}. Press to follow again.  p`,
    reconnecting: `No word from the server ${since}. Trying again.`,
  }[status]
  return (
    <button
      type="button"
      className={status === 'reconnecting' ? `${styles.live} ${styles.lost}` : styles.live}
      title={title}
      onClick={() => live.togglePause()}
    >
      {status === 'live' && <span className={styles.dot} />}
      {status === 'paused' && <Icon name="pause" size={14} />}
      {status === 'reconnecting' && <Icon name="clock" size={14} />}
      <span aria-live="polite">
        {status === 'live' && 'Live'}
        {status === 'connecting' && 'Connecting'}
        {status === 'paused' && 'Paused'}
        {status === 'reconnecting' && 'Reconnecting'}
      </span>
      {status === 'reconnecting' && (
        <span className={styles.wide}>since {formatTimeOfDay(sinceMs)}</span>
      )}
    </button>
  )
}
