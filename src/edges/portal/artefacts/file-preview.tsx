import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { artefactFileQuery } from '../api/queries.ts'
import { formatCount } from '../format/format.ts'
import { ErrorNotice } from '../ui/notice.tsx'
import { Panel } from '../ui/panel.tsx'
import { artefactOptions, type ArtefactSearch } from './artefact-search.ts'
import { linesOf, partsOf } from './text-lines.ts'
import styles from './artefacts.module.css'

/** More than these are shown when they are asked for. */
const FIRST_LINES = 600

/** A file as it would be written, with the numbers of its lines. */
export function FilePreview({ path, search }: { path: string; search: ArtefactSearch }): ReactNode {
  const query = useQuery(artefactFileQuery(search, path))
  const failure = useFailure(query)
  const [isWhole, setWhole] = useState(false)
  const download = new URLSearchParams(artefactOptions(search))
  download.set('path', path)
  download.set('download', 'true')
  if (failure !== null) return <ErrorNotice error={failure} onRetry={() => void query.refetch()} />
  const lines = query.data === undefined ? [] : linesOf(query.data)
  const shown = isWhole ? lines : lines.slice(0, FIRST_LINES)
  return (
    <div id="file" className={styles.preview}>
      <Panel
        label={`File ${path}`}
        head={<h3 className={styles.fileName}>{path}</h3>}
        actions={
          <a
            className={styles.download}
            href={`/api/v1/artefacts/file?${download.toString()}`}
            download
          >
            Download
          </a>
        }
      >
        {query.data === undefined ? (
          <div aria-busy="true" aria-label="Loading the file">
            <Skeleton height={320} m={16} />
          </div>
        ) : (
          <pre className={styles.text} tabIndex={0} aria-label={`Text of ${path}`}>
            {shown.map((line, index) => (
              <span key={index} className={styles.line}>
                <Parts line={line} path={path} />
              </span>
            ))}
          </pre>
        )}
        {shown.length < lines.length && (
          <div className={styles.more}>
            <Button size="compact-md" variant="default" onClick={() => setWhole(true)}>
              Show all {formatCount(lines.length)} lines
            </Button>
          </div>
        )}
      </Panel>
    </div>
  )
}

function Parts({ line, path }: { line: string; path: string }): ReactNode {
  const parts = partsOf(line, path)
  return (
    <>
      {parts.map(({ kind, text }, index) => (
        <span key={index} className={kind === 'plain' ? undefined : styles[kind]}>
          {text}
        </span>
      ))}
      {'\n'}
    </>
  )
}
