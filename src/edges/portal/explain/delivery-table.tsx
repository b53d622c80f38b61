import type { ReactNode } from 'react'
import type { DeliveryBody } from '../api/bodies.ts'
import { formatMoment } from '../format/time.ts'
import styles from './explain.module.css'

/** Who was told, by which channel, and whether it arrived. */
export function DeliveryTable({ deliveries }: { deliveries: readonly DeliveryBody[] }): ReactNode {
  return (
    <section className={styles.section} aria-label="Who was told">
      <h2 className={styles.heading}>Who was told</h2>
      {deliveries.length === 0 && (
        <p className={styles.soft}>Nobody: no channel is configured for it, or it was held back.</p>
      )}
      {deliveries.length > 0 && (
        <table className={styles.numbers} aria-label="Deliveries">
          <thead>
            <tr>
              <th scope="col">Channel</th>
              <th scope="col">Of</th>
              <th scope="col">State</th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((delivery) => (
              <tr key={delivery.deliveryId}>
                <th scope="row">{delivery.channel}</th>
                <td>{delivery.event}</td>
                <td>
                  {delivery.state}
                  {delivery.attempts > 1 && `, ${delivery.attempts} attempts`}
                  {delivery.lastError !== null && <small>{delivery.lastError}</small>}
                </td>
                <td>{formatMoment(delivery.settledAtMs ?? delivery.createdAtMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
