import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ArtefactFileBody } from '../../http/api/artefacts.schema.ts'
import { formatBytes } from '../format/format.ts'
import { Mark } from '../ui/state-mark.tsx'
import { changeTold, placeOf } from './artefact-words.ts'
import tables from '../ui/table.module.css'
import styles from './artefacts.module.css'

/** The files of a target: pressed, one is shown below. */
export function FileList({
  files,
  removed,
  shown,
}: {
  files: readonly ArtefactFileBody[]
  removed: readonly string[]
  shown: string | undefined
}): ReactNode {
  return (
    <table className={`${tables.table} ${styles.files}`} aria-label="Files">
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">What it is</th>
          <th scope="col" className={tables.amount}>
            Size
          </th>
          <th scope="col">Since the roll-out</th>
        </tr>
      </thead>
      <tbody>
        {files.map((file) => (
          <FileRow key={file.path} file={file} isShown={file.path === shown} />
        ))}
        {removed.map((path) => (
          <tr key={path}>
            <th scope="row" className={tables.wide}>
              <Path path={path} />
            </th>
            <td className={styles.quiet}>made no more</td>
            <td className={`${tables.amount} ${tables.untold}`}>–</td>
            <td>
              <Mark tone="warning" icon="down">
                Removed
              </Mark>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function FileRow({ file, isShown }: { file: ArtefactFileBody; isShown: boolean }): ReactNode {
  const { path, about, bytes, sha256, change } = file
  const told = changeTold(change)
  return (
    <tr data-shown={isShown}>
      <th scope="row" className={tables.wide}>
        <Link
          from="/artefacts"
          to="/artefacts"
          search={(now) => ({ ...now, file: path })}
          hash="file"
          className={styles.path}
          aria-current={isShown ? 'true' : undefined}
          title={`SHA-256 ${sha256}`}
        >
          <Path path={path} />
        </Link>
      </th>
      <td className={`${styles.quiet} ${tables.wide}`}>{about}</td>
      <td className={tables.amount} data-label="Size">
        {formatBytes(bytes)}
      </td>
      <td
        className={told === null ? tables.untold : undefined}
        data-label={told === null ? undefined : 'Since the roll-out'}
      >
        {told === null ? (
          '–'
        ) : (
          <Mark tone={told.tone} icon={told.icon}>
            {told.text}
          </Mark>
        )}
      </td>
    </tr>
  )
}

function Path({ path }: { path: string }): ReactNode {
  const { folder, name } = placeOf(path)
  return (
    <>
      <span className={styles.folder}>{folder}</span>
      {name}
    </>
  )
}
