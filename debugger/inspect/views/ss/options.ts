/** The letters of `ss` (iproute2 misc/ss.c) that the model has an answer to. */
export interface SsOptions {
  /** -0: packet sockets, and only these unless others are asked for. */
  readonly packet: boolean;
  readonly udp: boolean;
  readonly tcp: boolean;
  /** -a: every state; -l: those that wait for a peer alone; neither: those that have one. */
  readonly states: 'connected' | 'listening' | 'all';
  readonly processes: boolean;
  readonly timers: boolean;
  readonly details: boolean;
  readonly memory: boolean;
  readonly info: boolean;
  readonly header: boolean;
}

/** `-n` and `-4` are taken and change nothing: addresses are numbers here, and all are of IPv4. */
const LETTERS = 'utalpoemiHn40';

/** As after `ss` on the command line; undefined when a letter is not known. */
export function ssOptions(text: string): SsOptions | undefined {
  const letters = text.replace(/\s|-/g, '');
  if ([...letters].some((letter) => !LETTERS.includes(letter))) return undefined;
  const has = (letter: string): boolean => letters.includes(letter);
  const [udp, tcp, packet] = [has('u'), has('t'), has('0')];
  const none = !udp && !tcp && !packet;
  return {
    packet,
    udp: udp || none,
    tcp: tcp || none,
    states: has('a') ? 'all' : has('l') ? 'listening' : 'connected',
    processes: has('p'),
    // The real tool's -e implies -o.
    timers: has('o') || has('e'),
    details: has('e'),
    memory: has('m'),
    info: has('i'),
    header: !has('H'),
  };
}
