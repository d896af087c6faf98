/** `timer:(on,204ms,0)`: the timer of a TCP socket that inet_diag reports, what is left of it, and how often it was tried. */
import type { sock } from '../../../kernel/include/net/sock.ts';
import type { Entry } from './entries.ts';

const RETRANS = 1;
const PROBE0 = 3;
const LOSS_PROBE = 5;
const REO_TIMEOUT = 6;
const MS_PER_JIFFY = 4;

interface Running {
  readonly name: 'on' | 'keepalive' | 'timewait' | 'persist';
  /** jiffies */
  readonly expires: number;
  readonly retrans: number;
}

/** '' when none runs. `jiffy` is now. */
export function timerText(entry: Entry, jiffy: number): string {
  const running = runningTimer(entry);
  if (running === undefined) return '';
  const left = Math.max(0, running.expires - jiffy) * MS_PER_JIFFY;
  return `timer:(${running.name},${left === 0 ? '' : msTimer(left)},${running.retrans})`;
}

function runningTimer({ timewait, request, sk }: Entry): Running | undefined {
  if (timewait !== null) return { name: 'timewait', expires: timewait.tw_timer.expires, retrans: 0 };
  if (request !== null) return { name: 'on', expires: request.rsk_timer.expires, retrans: request.num_retrans };
  return sk === null ? undefined : sockTimer(sk);
}

/** Order and names as inet_sk_diag_fill() has them. */
function sockTimer({ icsk }: sock): Running | undefined {
  if (icsk === null) return undefined;
  if ([RETRANS, LOSS_PROBE, REO_TIMEOUT].includes(icsk.icsk_pending))
    return { name: 'on', expires: icsk.icsk_timeout, retrans: icsk.icsk_retransmits };
  if (icsk.icsk_pending === PROBE0)
    return { name: 'persist', expires: icsk.icsk_timeout, retrans: icsk.icsk_probes_out };
  const keepalive = icsk.icsk_keepalive_timer;
  return keepalive.pending
    ? { name: 'keepalive', expires: keepalive.expires, retrans: icsk.icsk_probes_out }
    : undefined;
}

/** As print_ms_timer() of iproute2 does: `59sec`, `1.204ms`, `284ms`, `2min3sec`. */
export function msTimer(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor(ms / 1000) % 60;
  if (minutes > 9) return `${minutes}min`;
  const rest = seconds > 9 ? 0 : ms % 1000;
  const secondsText = seconds === 0 ? '' : `${seconds}${rest > 0 ? '.' : 'sec'}`;
  const restText = rest === 0 ? '' : `${String(rest).padStart(3, '0')}ms`;
  return `${minutes === 0 ? '' : `${minutes}min`}${secondsText}${restText}`;
}
