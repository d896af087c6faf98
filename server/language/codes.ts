/** Every diagnostic code, its severity and its page in the manual. A code keeps its meaning for ever; gaps are for growth. */

interface CodeRow {
  readonly severity: 'error' | 'warning' | 'info';
  readonly title: string;
  /** What is wrong and what is allowed, for the manual. */
  readonly doc: string;
  /** The quick fix that is offered, or null. */
  readonly fix: string | null;
}

const row = (severity: CodeRow['severity'], title: string, doc: string, fix: string | null = null): CodeRow => ({
  severity,
  title,
  doc,
  fix,
});

export const CODES = {
  NP1001: row(
    'error',
    'unexpected text',
    'Something else must stand here; the message says what. A property, a statement or an expectation ends with its line or with `;`.',
  ),
  NP1002: row('error', 'missing `}`', 'A block that was opened is never closed.', 'Insert `}`'),
  NP1003: row('error', 'extra `}`', 'Nothing is open here that it could close.', 'Remove it'),
  NP1004: row('error', 'not closed', 'A string ends on its own line, a `/*` comment with `*/`.', 'Close it'),
  NP1005: row(
    'error',
    'not a scenario',
    'The file holds characters that no scenario has; a binary file is refused as a whole.',
  ),
  NP1006: row('error', 'file too large', 'A scenario may have 4 MiB.'),
  NP1007: row('info', 'empty scenario', 'Nothing is described yet: a scenario needs at least one `host`.'),
  NP1008: row('info', 'more problems', 'Only the first hundred problems of a file are listed.'),
  NP1009: row(
    'error',
    'bad literal',
    'A number, address or string is not written as it must be: four numbers 0..255, six bytes of two hexadecimal digits, no value beyond 2^53.',
  ),
  NP1010: row(
    'error',
    'unknown unit',
    'Units are case-exact: ns us ms s, B kB KiB MB MiB GB GiB, bps kbps Mbps Gbps, ppm %.',
    'Change to the unit that was meant',
  ),
  NP1101: row('error', 'unknown word', 'The word has no meaning in this block.', 'Change to the word that was meant'),
  NP1102: row('error', 'given twice', 'This property may stand once in its block.', 'Remove it'),
  NP1103: row(
    'error',
    'name taken',
    'Links, hosts and veth pairs have names of their own; so have the devices and processes of a host.',
  ),
  NP1104: row(
    'error',
    'unknown name',
    'No link, host or device of that name exists.',
    'Change to the name that was meant',
  ),
  NP1105: row('error', 'required property', 'The block lacks something that it cannot do without.', 'Insert it'),
  NP1106: row(
    'warning',
    'unknown setting',
    'The manual knows no setting of that name; it is handed on as it stands.',
    'Change to the name that was meant',
  ),
  NP1201: row(
    'error',
    'wrong dimension',
    'A time stands where a bandwidth is wanted, say, or the unit is missing.',
    'Add or remove the unit where one is obvious',
  ),
  NP1202: row(
    'error',
    'out of range',
    'The value is smaller or larger than is possible.',
    'Change to the nearest possible value',
  ),
  NP1203: row(
    'error',
    'unknown choice',
    'One of a fixed set of words must stand here.',
    'Change to the word that was meant',
  ),
  NP1204: row('error', 'not whole', 'Times are whole nanoseconds, sizes whole bytes, shares whole parts per million.'),
  NP1301: row('error', 'ends of a link', 'A link joins exactly two NICs.'),
  NP1302: row(
    'error',
    'outside the subnet',
    'The two ends of a link, a gateway and a neighbour must lie in a subnet of their device.',
  ),
  NP1303: row('error', 'address taken', 'Two devices cannot have the same IPv4 address.'),
  NP1304: row(
    'error',
    'not a host address',
    'The first and last address of a subnet name the network and its broadcast; loopback, multicast and 0.0.0.0 are no addresses of a device either.',
  ),
  NP1305: row('error', 'bad MAC', 'MAC addresses of devices are unique and not multicast.'),
  NP1306: row('error', 'unreachable', 'The sender has neither a subnet nor a route that leads to the address.'),
  NP1307: row(
    'error',
    'ambiguous host',
    'The host has several addresses that the sender could mean.',
    'Write the address',
  ),
  NP1308: row('error', 'no address', 'The host has no IPv4 address.'),
  NP1309: row('error', 'no such CPU', 'CPUs of a host are numbered from 0; `cpus` says how many there are.'),
  NP1310: row(
    'error',
    'cut of a cable',
    'A cable is plugged in later than it was pulled, and pulled again after that.',
  ),
  NP1311: row(
    'error',
    'port of a bridge',
    'A port is a NIC or an end of a veth pair of the same host, and belongs to one bridge.',
    'Remove it',
  ),
  NP1401: row(
    'error',
    'never assigned',
    'The variable has no value in this process.',
    'Change to the name that was meant',
  ),
  NP1402: row(
    'error',
    'unknown system call',
    'No system call of that name is known.',
    'Change to the name that was meant',
  ),
  NP1403: row('error', 'number of arguments', 'The call takes more or fewer arguments.'),
  NP1404: row('error', 'wrong argument', 'The argument is of another kind than the call takes.'),
  NP1405: row(
    'warning',
    'never reached',
    'The statement stands behind `exit`, `break`, `continue` or an endless loop.',
    'Remove it',
  ),
  NP1406: row(
    'warning',
    'endless loop',
    'Nothing in the loop takes time and nothing leaves it: the run would be stopped.',
  ),
  NP1407: row('error', 'outside a loop', '`break` and `continue` belong in `loop`, `repeat` or `each`.'),
  NP1408: row(
    'error',
    'port bound twice',
    'Two sockets of a host cannot be bound to the same address and port without SO_REUSEADDR or SO_REUSEPORT.',
  ),
  NP1409: row(
    'error',
    'no such member',
    'Values of a process have the members of the table above: `.length`, `.text`, `.from`, `.revents` ...',
    'Change to the name that was meant',
  ),
  NP1410: row(
    'warning',
    'constant of another kind',
    'The call takes it for the number that it is: `SO_ZEROCOPY` as a flag of send, an option of IP at the level `SOL_SOCKET`.',
    'Change to the constant that was meant',
  ),
  NP1411: row(
    'warning',
    'comparison first',
    'As in C, comparisons are done before `&`, `^` and `|`: `flags & POLLIN == POLLIN` needs parentheses.',
    'Put the parentheses',
  ),
  NP1501: row(
    'error',
    'unknown name in expect',
    "Expectations name a host first, then a device, a process or a table of it, and a process's variables by `host.process.variable`.",
    'Change to the name that was meant',
  ),
  NP1502: row(
    'error',
    'unknown packet field',
    'Conditions on packets read the headers: ip, udp, tcp, icmp, arp, eth, frame, and the devices iif and oif.',
    'Change to the name that was meant',
  ),
  NP1503: row('error', 'not a condition', '`finishes before` stands behind `host.process` and before a time.'),
  NP1601: row(
    'error',
    'type of the chain',
    'NAT is decided in nat chains, which only the first packet of a connection passes; `notrack` has to come before conntrack, in raw chains.',
    'Change the type of the chain',
  ),
  NP1602: row(
    'error',
    'hook of the chain',
    'The source is rewritten when a packet leaves (postrouting) or has arrived (input), the destination before it is routed (prerouting, output); there are no nat chains at forward, and raw ones only where packets begin.',
    'Change the hook',
  ),
} as const satisfies Record<string, CodeRow>;

export type Code = keyof typeof CODES;
