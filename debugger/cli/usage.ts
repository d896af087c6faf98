/** What a wrong command line is answered with. Exit codes as Unix users expect: 0 good, 1 expectations failed or diagnostics, 2 usage. */

export const USAGE = `usage: netpath run FILE [options]      runs a scenario and prints the packets' path
       netpath compare FILE --set CHANGE
       netpath compare FILE OTHER       runs both, tells when they part, where and why, and what differs in the end
       netpath sweep FILE --set 'PATH VALUE | VALUE ...'
                                        one run for each value, on all cores: a table of figures
       netpath check FILE...            reports mistakes in scenarios
       netpath functions [PATTERN]      lists the functions of the model

options of run, compare and sweep:
  --set CHANGE        runs the scenario with something changed (repeatable), such as 'server.eth0.rx-ring 64',
                      'wire.delay 10ms', 'server.sysctl.net.ipv4.tcp_sack = 0' or 'costs.udp_rcv = 2us'
  --seed N            seeds every random stream (1)
  --until TIME        ends the run at this simulated time, such as 5ms

options of sweep:
  --set 'PATH V | W'  several of them: each combination
  --seed 1..20        a run for each seed; a figure is their mean, and from the least to the most
  --figure EXPR       a column, as in expect (repeatable), such as server.eth0.rx_missed_errors;
                      without any, when each process ended

options of run:
  --all               every call, those of clocks, counters and checks too
  --quiet             no path, only the summary; runs the fast build
  --calls OUT.json    writes the call trees as JSON
  --trace OUT.json    writes calls and frames over time, for Perfetto, chrome://tracing or speedscope
  --pcap DIR          writes DIR/HOST.pcapng, one interface for each NIC
  --at TIME           stops there instead of running to the end
  --show 'HOST: CMD'  prints what CMD says at HOST when the run stops (repeatable), such as 'server: ip neigh'
  --watch FIELD       each change of a field, and who made it, instead of the path (repeatable),
                      such as client.app.fd3.tcp.snd_cwnd or server.eth0.qdisc.q.qlen
  --hash              prints the hash of the final state
  -h, --help          this text
  --version           the version`;

/** A mistake of the user's: told in one line, without a stack. */
export class CliError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const usageError = (message: string): CliError => new CliError(`${message}\nTry 'netpath --help'.`, 2);
