/** Memory made reachable for a device (kernel/dma/mapping.c). Without an IOMMU only the names are left of it. */
import type { Cpu } from '../../../machine/types.ts';

export function dma_map_page_attrs(cpu: Cpu, size: number): number {
  return dma_map_phys(cpu, size);
}

export function dma_map_phys(_cpu: Cpu, size: number): number {
  return size;
}

export function dma_unmap_page_attrs(cpu: Cpu, size: number): void {
  dma_unmap_phys(cpu, size);
}

export function dma_unmap_phys(_cpu: Cpu, _size: number): void {}
