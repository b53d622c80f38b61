import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ArtefactFileDiffBody, ArtefactTargetBody } from '../../http/api/artefacts.schema.ts'
import { useFailure } from '../api/answer.ts'
import { artefactDiffQuery } from '../api/queries.ts'
import { formatCount } from '../format/format.ts'
import { CommandLine } from '../ui/command-line.tsx'
import { EmptyNotice, ErrorNotice } from '../ui/notice.tsx'
import { Panel } from '../ui/panel.tsx'
import { DiffLines } from './diff-lines.tsx'
import type { ArtefactSearch } from './artefact-search.ts'
import styles from './artefacts.module.css'

/** What a target would change against what was rolled out, line by line. */
export function Changes({
  target,
  search,
}: {
  target: ArtefactTargetBody
  search: ArtefactSearch
}): ReactNode {
  const { name, rolledOut } = target
  const query = useQuery({ ...artefactDiffQuery(search, name), enabled: rolledOut !== null })
  const failure = useFailure(query)
  if (rolledOut === null) {
    return (
      <EmptyNotice
        icon="files"
        title="Nothing to compare with"
        text="Mark the target as rolled out once it is: from then on this tells what a change of the SLOs would change. Where you have the files at hand, compare with those:"
      >
        <CommandLine>{`npx tenantry generate --running --check --target ${name} --out .`}</CommandLine>
      </EmptyNotice>
    )
  }
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  if (query.data === undefined) {
    return (
      <div aria-busy="true" aria-label="Loading the changes">
        <Skeleton height={320} my={16} />
      </div>
    )
  }
  const { files, same } = query.data
  if (files.length === 0) {
    return (
      <EmptyNotice
        icon="check"
        title="As rolled out"
        text={`All ${formatCount(same)} files would be made the same now.`}
      />
    )
  }
  return (
    <div className={styles.changes}>
      {files.map((file) => (
        <FileChange key={file.path} file={file} />
      ))}
      <p className={styles.note}>{formatCount(same)} files would be made the same.</p>
    </div>
  )
}

const WORDS = { added: 'New file', removed: 'Removed', changed: 'Changed' } as const

function FileChange({ file }: { file: ArtefactFileDiffBody }): ReactNode {
  const { path, change, addedLines, removedLines, hunks } = file
  return (
    <Panel
      label={`Changes of ${path}`}
      head={<h3 className={styles.fileName}>{path}</h3>}
      actions={
        <span className={styles.counts}>
          {WORDS[change]}: {formatCount(addedLines)} added, {formatCount(removedLines)} removed
        </span>
      }
    >
      {hunks === null ? (
        <p className={styles.much}>So much differs that it is not told line by line.</p>
      ) : (
        <DiffLines label={`Changed lines of ${path}`} hunks={hunks} />
      )}
    </Panel>
  )
}
