/** struct irq_desc (include/linux/irqdesc.h) with its one irqaction. */
export interface irq_desc {
  irq: number;
  name: string;
  /** Name in the table of interrupt handlers (kernel/irq/handle.ts): igb_msix_ring ... */
  handler: string;
  dev_id: unknown;
  /** CPU that gets it (effective affinity), and the mask from which it was chosen. */
  cpu: number;
  /** Times taken, by CPU: /proc/interrupts. */
  kstat: number[];
}
