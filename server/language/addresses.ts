/** Arithmetic on IPv4 addresses: unsigned 32-bit integers in host order. */

export function netmask(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}

export function networkOf(address: number, prefix: number): number {
  return (address & netmask(prefix)) >>> 0;
}

export function broadcastOf(address: number, prefix: number): number {
  return (networkOf(address, prefix) | ~netmask(prefix)) >>> 0;
}

export function inSubnet(address: number, network: number, prefix: number): boolean {
  return networkOf(address, prefix) === networkOf(network, prefix);
}

export function printAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

export function printMac(mac: readonly number[]): string {
  return mac.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export const LOOPBACK = 0x7f000001;

export function isLoopback(address: number): boolean {
  return address >>> 24 === 127;
}
export function isMulticast(address: number): boolean {
  return address >>> 28 === 14;
}
export const LIMITED_BROADCAST = 0xffffffff;
