import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { ArtefactTargetBody } from '../../http/api/artefacts.schema.ts'
import { useMay } from '../api/may.ts'
import { ChoiceRow } from '../ui/choice-row.tsx'
import { CommandLine } from '../ui/command-line.tsx'
import { Instant } from '../ui/instant.tsx'
import { artefactOptions, type ArtefactSearch } from './artefact-search.ts'
import { changedFiles } from './artefact-words.ts'
import { Changes } from './changes.tsx'
import { FileList } from './file-list.tsx'
import { FilePreview } from './file-preview.tsx'
import { RollOutForm } from './roll-out-form.tsx'
import styles from './artefacts.module.css'

/** One target: how its files get there, which there are, what is in them, and what changed. */
export function TargetView({
  target,
  search,
}: {
  target: ArtefactTargetBody
  search: ArtefactSearch
}): ReactNode {
  const navigate = useNavigate({ from: '/artefacts' })
  const mayRollOut = useMay('slo:write')
  const [isAsking, setAsking] = useState(false)
  const { name, title, loadedBy, files } = target
  const isChanges = search.view === 'changes'
  const changed = changedFiles(target)
  const choices = [
    { value: 'files', label: `Files (${files.length})` },
    { value: 'changes', label: changed === null ? 'Changes' : `Changes (${changed})` },
  ] as const
  const archive = new URLSearchParams(artefactOptions(search))
  archive.set('target', name)
  return (
    <section className={styles.view} aria-label={`Target ${name}`}>
      <header className={styles.viewHead}>
        <div>
          <h2 className={styles.heading}>{title[0]!.toUpperCase() + title.slice(1)}</h2>
          <RolledOut target={target} />
        </div>
        <div className={styles.actions}>
          <Button
            component="a"
            href={`/api/v1/artefacts/archive?${archive.toString()}`}
            download
            size="compact-md"
            variant="default"
          >
            Download all
          </Button>
          {mayRollOut && (
            <Button size="compact-md" onClick={() => setAsking(true)}>
              Mark as rolled out
            </Button>
          )}
        </div>
      </header>
      <div className={styles.commands} role="group" aria-label="How to load them">
        {loadedBy.map((line) => (
          <CommandLine key={line}>{line}</CommandLine>
        ))}
      </div>
      <ChoiceRow
        label="View"
        choices={choices}
        chosen={isChanges ? 'changes' : 'files'}
        onChoose={(chosen) =>
          void navigate({
            search: ({ view: _, ...now }) =>
              chosen === 'changes' ? { ...now, view: chosen } : now,
            replace: true,
            resetScroll: false,
          })
        }
      />
      {isChanges ? (
        <Changes target={target} search={search} />
      ) : (
        <>
          <FileList files={files} removed={target.removed} shown={search.file} />
          {search.file !== undefined && (
            <FilePreview key={search.file} path={search.file} search={search} />
          )}
        </>
      )}
      {isAsking && <RollOutForm target={target} search={search} onDone={() => setAsking(false)} />}
    </section>
  )
}

function RolledOut({ target: { rolledOut } }: { target: ArtefactTargetBody }): ReactNode {
  if (rolledOut === null) {
    return (
      <p className={styles.note}>
        Nobody has said yet that these were rolled out, so there is nothing to compare with.
      </p>
    )
  }
  return (
    <p className={styles.note}>
      Rolled out <Instant atMs={rolledOut.atMs} /> by {rolledOut.rolledOutBy}
      {rolledOut.note !== '' && `: ${rolledOut.note}`}
    </p>
  )
}
