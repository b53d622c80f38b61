import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { CommandLine } from '../ui/command-line.tsx'
import { Logo } from './logo.tsx'
import styles from './sign-in.module.css'

/** How to get in: the command prints a link that signs this browser in. The page notices by
 *  itself when that has happened. */
export function SignIn(): ReactNode {
  useDocumentTitle('Sign in · Tenantry')
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Logo size={32} />
        <h1 className={styles.title}>Sign in to Tenantry</h1>
        <p className={styles.text}>Run this where Tenantry runs, and open the link it prints:</p>
        <CommandLine>npx tenantry sign-in</CommandLine>
        <p className={styles.text}>
          A link works once, within 15 minutes. This page goes on by itself as soon as you are
          signed in.
        </p>
      </div>
    </main>
  )
}
