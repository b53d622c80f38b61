import { Menu } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { Icon } from '../ui/icon.tsx'
import { formatMoment } from '../format/time.ts'
import { RANGE_NAMES, RANGES, type RangeName, type SignalRange } from './signal-range.ts'
import choices from '../ui/choice-row.module.css'
import { ChoiceRow } from '../ui/choice-row.tsx'
import styles from './signals.module.css'

const RANGE_CHOICES = RANGE_NAMES.map((name) => ({ value: name, label: RANGES[name].label }))

/** What the charts show: the last hour to the last thirty days, or any other range. */
export function RangePicker({
  range,
  onRange,
  onZoom,
}: {
  range: SignalRange
  onRange: (name: RangeName) => void
  onZoom: (fromMs: number, toMs: number) => void
}): ReactNode {
  return (
    <ChoiceRow
      label="Time range"
      choices={RANGE_CHOICES}
      chosen={range.kind === 'last' ? range.name : null}
      onChoose={onRange}
    >
      <Menu position="bottom-end" trapFocus>
        <Menu.Target>
          <button type="button" className={choices.choice} aria-pressed={range.kind === 'fixed'}>
            {range.kind === 'fixed' ? fixedText(range.fromMs, range.toMs) : 'Custom'}
            <Icon name="chevron" size={14} />
          </button>
        </Menu.Target>
        <Menu.Dropdown className={styles.custom ?? ''}>
          <CustomRange range={range} onZoom={onZoom} />
        </Menu.Dropdown>
      </Menu>
    </ChoiceRow>
  )
}

function CustomRange({
  range,
  onZoom,
}: {
  range: SignalRange
  onZoom: (fromMs: number, toMs: number) => void
}): ReactNode {
  const [nowMs] = useState(() => Date.now())
  const startMs = range.kind === 'fixed' ? range.fromMs : nowMs - range.seconds * 1000
  const [from, setFrom] = useState(() => localText(startMs))
  const [to, setTo] = useState(() => localText(range.kind === 'fixed' ? range.toMs : nowMs))
  const isRight = Date.parse(from) < Date.parse(to)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isRight) onZoom(Date.parse(from), Date.parse(to))
  }
  return (
    <form className={styles.customForm} onSubmit={submit} aria-label="Custom range">
      <label>
        From
        <input
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label>
        To
        <input type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      {!isRight && <p role="alert">The begin must be before the end.</p>}
      <button type="submit" className={styles.apply} disabled={!isRight}>
        Show
      </button>
    </form>
  )
}

function fixedText(fromMs: number, toMs: number): string {
  const [from, to] = [formatMoment(fromMs), formatMoment(toMs)]
  const isOneDay = from.slice(0, -5) === to.slice(0, -5)
  return `${from} – ${isOneDay ? to.slice(-5) : to}`
}

/** What an input of the kind datetime-local takes: this zone's time without its name. */
function localText(atMs: number): string {
  const offsetMs = new Date(atMs).getTimezoneOffset() * 60_000
  return new Date(atMs - offsetMs).toISOString().slice(0, 16)
}
