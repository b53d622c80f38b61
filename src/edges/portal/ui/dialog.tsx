import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './dialog.module.css'

/** A dialog over the page. Its title is always told to assistive technology; a search that
 *  explains itself need not show it. */
export function Dialog({
  title,
  titleShown,
  widthPx,
  onClose,
  children,
}: {
  title: string
  titleShown: boolean
  widthPx: number
  onClose: () => void
  children: ReactNode
}): ReactNode {
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={widthPx}
      yOffset="12vh"
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content>
        <Modal.Body p={0}>
          <div className={titleShown ? styles.head : styles.unseen}>
            <Modal.Title className={styles.title ?? ''}>{title}</Modal.Title>
            {titleShown && <Modal.CloseButton aria-label="Close" />}
          </div>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
