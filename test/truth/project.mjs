// What is compared of a trace: the functions entered, the edges (context, caller -> callee), and for each CPU and context the
// sequence of entries. Only functions that the recording tracer could see count; others are passed through to their callees.

/** The interrupt and polling skeleton: left out of the sequences, since the emulated NIC raises too many interrupts. */
const SKELETON = new Set(('__common_interrupt common_interrupt handle_edge_irq handle_irq_event __handle_irq_event_percpu igb_msix_ring igb_msix_other ' +
  '__napi_schedule ____napi_schedule napi_schedule_prep raise_softirq __raise_softirq_irqoff irq_exit_rcu __do_softirq handle_softirqs do_softirq ' +
  'run_ksoftirqd net_rx_action __napi_poll igb_poll igb_clean_tx_irq igb_clean_rx_irq igb_alloc_rx_buffers napi_complete_done ' +
  'napi_gro_flush __gro_flush gro_receive_skb skb_defer_free_flush __napi_schedule_irqoff schedule').split(' '));

const plainName = (fn) => fn.replace(/(\.(constprop|isra|part|cold)(\.\d+)?)+$/, '');
const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);

/**
 * @param {{threads: {host?: string, cpu: number, context: string, roots: any[]}[]}} trace
 * @param {Set<string>} counted
 * @param {(thread: any) => number} place CPU of the recording that a thread stands for
 */
export function project(trace, counted, place) {
  const functions = new Map();
  const edges = new Map();
  const runs = new Map();
  for (const thread of trace.threads) {
    const context = thread.context === 'ksoftirqd' ? 'softirq' : thread.context;
    for (const root of thread.roots) {
      const sequence = walk(root, context, counted, functions, edges);
      if (sequence.length === 0 || context === 'hardirq') continue;
      const key = `cpu${place(thread)} ${context}`;
      if (!runs.has(key)) runs.set(key, []);
      runs.get(key).push({ time: root.t_ns ?? 0, sequence });
    }
  }
  const sequences = new Map();
  for (const [key, list] of runs) sequences.set(key, list.sort((a, b) => a.time - b.time).flatMap((run) => run.sequence));
  return { functions, edges, sequences };
}

function walk(root, context, counted, functions, edges) {
  const sequence = [];
  const stack = [[root, null]];
  while (stack.length > 0) {
    const [node, parent] = stack.pop();
    if (node.enters !== undefined) continue;
    let above = parent;
    const fn = node.fn === undefined ? undefined : plainName(node.fn);
    if (fn !== undefined && counted.has(fn)) {
      count(functions, fn);
      if (parent !== null && parent !== fn) count(edges, `${context}: ${parent} -> ${fn}`);
      if (!SKELETON.has(fn)) sequence.push(fn);
      above = fn;
    }
    const calls = node.calls ?? [];
    for (let i = calls.length - 1; i >= 0; i--) stack.push([calls[i], above]);
  }
  return sequence;
}

/** Length of the longest common subsequence, each sequence capped at 20,000 entries. */
export function commonLength(first, second) {
  const a = first.slice(0, 20000);
  const b = second.slice(0, 20000);
  let previous = new Uint16Array(b.length + 1);
  let current = new Uint16Array(b.length + 1);
  for (const word of a) {
    for (let j = 1; j <= b.length; j++) current[j] = word === b[j - 1] ? previous[j - 1] + 1 : Math.max(previous[j], current[j - 1]);
    [previous, current] = [current, previous];
  }
  return previous[b.length];
}

/** The four figures of a model's projection against a fixture, and what differs. */
export function compare(fixture, model) {
  const functions = new Set(fixture.words);
  const edges = new Map(fixture.edges);
  let common = 0;
  let length = 0;
  for (const key of new Set([...Object.keys(fixture.sequences), ...model.sequences.keys()])) {
    const a = (fixture.sequences[key] ?? []).map((i) => fixture.words[i]);
    const b = model.sequences.get(key) ?? [];
    length += Math.min(a.length, 20000) + Math.min(b.length, 20000);
    common += 2 * commonLength(a, b);
  }
  return {
    coverage: share(functions, (fn) => model.functions.has(fn)),
    recall: share(edges.keys(), (edge) => model.edges.has(edge)),
    precision: share(model.edges.keys(), (edge) => edges.has(edge)),
    order: length === 0 ? 1 : common / length,
    functionsMissing: [...functions].filter((fn) => !model.functions.has(fn)),
    edgesMissing: [...edges.keys()].filter((edge) => !model.edges.has(edge)),
    edgesInvented: [...model.edges.keys()].filter((edge) => !edges.has(edge)),
  };
}

function share(items, has) {
  let n = 0;
  let of = 0;
  for (const item of items) {
    of++;
    if (has(item)) n++;
  }
  return of === 0 ? 1 : n / of;
}
