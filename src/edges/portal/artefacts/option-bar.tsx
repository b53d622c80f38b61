import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ArtefactOptionsBody } from '../../http/api/artefacts.schema.ts'
import { ChoiceRow } from '../ui/choice-row.tsx'
import { Fault } from '../ui/fault.tsx'
import { Toggle } from '../ui/panel.tsx'
import {
  PLATFORM_NAMES,
  readArtefactSearch,
  type ArtefactSearch,
  type PlatformName,
} from './artefact-search.ts'
import styles from './artefacts.module.css'

const READS = [
  { value: 'tenantry', label: "Tenantry's series" },
  { value: 'platform', label: "The platform's own" },
] as const

const NAMES: Readonly<Record<PlatformName, string>> = {
  tenantLabel: 'Label of the tenant',
  durationMetric: 'Histogram of requests',
  codeLabel: 'Label of the status code',
}

/** By which options the files are made; they stand in the address. */
export function OptionBar({
  search,
  options,
  error,
}: {
  search: ArtefactSearch
  options: ArtefactOptionsBody
  /** Why the last ones were refused. */
  error: Error | null
}): ReactNode {
  const navigate = useNavigate({ from: '/artefacts' })
  const set = (change: Readonly<Record<string, string>>): void =>
    void navigate({
      search: (now) => readArtefactSearch({ ...now, ...change }),
      replace: true,
      resetScroll: false,
    })
  const isPlatform = search.reads === 'platform'
  return (
    <div className={styles.options} role="group" aria-label="Options">
      <div className={styles.optionRow}>
        <span className={styles.optionName}>Rules count</span>
        <ChoiceRow
          label="What rules count"
          choices={READS}
          chosen={isPlatform ? 'platform' : 'tenantry'}
          onChoose={(reads) => set({ reads })}
        />
        <Toggle
          isOn={search.anchored === 'true'}
          onClick={() => set({ anchored: search.anchored === 'true' ? '' : 'true' })}
        >
          Anchored increase
        </Toggle>
        <Toggle
          isOn={search.slothNames === 'true'}
          onClick={() => set({ slothNames: search.slothNames === 'true' ? '' : 'true' })}
        >
          Sloth’s names as well
        </Toggle>
      </div>
      {isPlatform && <PlatformForm options={options} onApply={set} />}
      {error !== null && <Fault error={error} />}
    </div>
  )
}

function PlatformForm({
  options,
  onApply,
}: {
  options: ArtefactOptionsBody
  onApply: (names: Readonly<Record<string, string>>) => void
}): ReactNode {
  return (
    <form
      className={styles.platform}
      onSubmit={(event) => {
        event.preventDefault()
        const said = new FormData(event.currentTarget)
        onApply(Object.fromEntries(PLATFORM_NAMES.map((name) => [name, said.get(name) as string])))
      }}
    >
      {PLATFORM_NAMES.map((name) => (
        <label key={name}>
          {NAMES[name]}
          <input name={name} defaultValue={options[name]} spellCheck={false} />
        </label>
      ))}
      <Button type="submit" size="compact-md" variant="default">
        Apply
      </Button>
    </form>
  )
}
