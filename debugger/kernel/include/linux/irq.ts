/** struct irq_desc (include/linux/irqdesc.h) with its one irqaction. */
export interface irq_desc {
  irq: number;
  name: string;
  /** Name in the table of interrupt handlers (kernel/irq/handle.ts): igb_msix_ring ... */
  handler: string;
  dev_id: unknown;
  /** CPU that gets it (effective affinity), and those from which it was chosen (smp_affinity). */
  cpu: number;
  affinity: number[];
  /** What smp_affinity is to become when the next interrupt has been taken; null: nothing is pending. */
  pending_mask: number[] | null;
  /** Times taken, by CPU: /proc/interrupts. */
  kstat: number[];
}
