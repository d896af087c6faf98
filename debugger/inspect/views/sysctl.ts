/** `sysctl -a`, `sysctl NAME`. */
import type { Host } from '../../kernel/include/linux/host.ts';

export function sysctl(host: Host, name: string): string {
  if (name !== '-a' && name !== '') {
    const values = name === 'net.netfilter.nf_conntrack_count' ? [host.ct?.count ?? 0] : host.sysctl[name];
    return values === undefined
      ? `sysctl: cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory`
      : `${name} = ${values.join('\t')}`;
  }
  return Object.entries(host.sysctl)
    .map(([key, values]) => `${key} = ${values.join('\t')}`)
    .join('\n');
}
