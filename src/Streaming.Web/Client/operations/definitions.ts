import { amount } from './format';
import type { Store } from './store';

export interface LineOf {
  label: string;
  /** A line of the recorder, or what is worked out of several. */
  of: string | ((store: Store) => (number | null)[]);
  colour: string;
  unit: string;
  /** On the axis at the right, whose unit is its own. */
  right?: boolean;
  dash?: boolean;
}

export interface ChartOf {
  unit: string;
  lines: LineOf[];
  stacked?: boolean;
  /** At least this much is shown, so that noise does not look like a mountain. */
  least: number;
  most?: number;
}

// One colour for trouble; the others lie close together, and are told apart by lightness as well.
const [teal, blue, violet, grey, red, amber, pale] = ['#5fe0cf', '#6aa5f8', '#a993f5', '#7d8593', '#ff7b7b', '#f5b84b', '#c5f2ea'];

const sum = (store: Store, names: string[]): (number | null)[] => {
  const all = names.map((name) => store.values(name));
  return store.times.map((_, index) => (all.every((values) => values[index] === null) ? null : all.reduce((total, values) => total + (values[index] ?? 0), 0)));
};

const share = (store: Store, part: string[], whole: string[]): (number | null)[] => {
  const [parts, all] = [sum(store, part), sum(store, whole)];
  return all.map((value, index) => (value ? (100 * (parts[index] ?? 0)) / value : null));
};

const reads = ['cache.local', 'cache.zone', 'cache.source'];

export const charts: Record<string, ChartOf> = {
  traffic: {
    unit: 'rate',
    stacked: true,
    least: 1,
    lines: [
      { label: 'Playback', of: 'requests.playback', colour: teal!, unit: 'rate' },
      { label: 'Browse', of: 'requests.browse', colour: blue!, unit: 'rate' },
      { label: 'Media', of: 'requests.media', colour: violet!, unit: 'rate' },
      { label: 'Other', of: (store) => sum(store, ['requests.background', 'requests.upload', 'requests.stream', 'requests.probe']), colour: grey!, unit: 'rate' },
    ],
  },
  latency: {
    unit: 'ms',
    least: 5,
    lines: [
      { label: 'p50', of: 'latency.p50', colour: teal!, unit: 'ms' },
      { label: 'p95', of: 'latency.p95', colour: blue!, unit: 'ms' },
      { label: 'p99', of: 'latency.p99', colour: violet!, unit: 'ms' },
    ],
  },
  errors: {
    unit: 'rate',
    least: 1,
    lines: [
      { label: '5xx', of: 'errors.server', colour: red!, unit: 'rate' },
      { label: 'Shed', of: 'refused.shed', colour: amber!, unit: 'rate' },
      { label: 'Limited', of: 'refused.limited', colour: violet!, unit: 'rate' },
      { label: '4xx', of: 'errors.client', colour: grey!, unit: 'rate' },
    ],
  },
  inflight: {
    unit: 'count',
    least: 5,
    lines: [
      { label: 'Under way', of: 'inflight', colour: teal!, unit: 'count' },
      { label: 'Media', of: 'inflight.media', colour: violet!, unit: 'count' },
      { label: 'Limit', of: 'inflight.limit', colour: grey!, unit: 'count', right: true, dash: true },
    ],
  },
  dependencies: {
    unit: 'rate',
    least: 1,
    lines: [
      { label: 'Failed', of: 'calls.failed', colour: red!, unit: 'rate' },
      { label: 'Refused', of: 'calls.refused', colour: amber!, unit: 'rate' },
      { label: 'Fallbacks', of: 'calls.fellback', colour: blue!, unit: 'rate' },
      { label: 'Retries', of: 'calls.retried', colour: violet!, unit: 'rate' },
      { label: 'Open', of: 'circuits.open', colour: grey!, unit: 'count', dash: true },
    ],
  },
  database: {
    unit: 'ms',
    least: 2,
    lines: [
      { label: 'p50', of: 'db.p50', colour: teal!, unit: 'ms' },
      { label: 'p99', of: 'db.p99', colour: violet!, unit: 'ms' },
      { label: 'Calls', of: 'db.calls', colour: grey!, unit: 'rate', right: true },
    ],
  },
  cache: {
    unit: 'percent',
    least: 100,
    most: 100,
    lines: [
      { label: 'Hits', of: (store) => share(store, ['cache.local', 'cache.zone'], reads), colour: teal!, unit: 'percent' },
      { label: 'From memory', of: (store) => share(store, ['cache.local'], reads), colour: pale!, unit: 'percent', dash: true },
      { label: 'Reads', of: (store) => sum(store, reads), colour: grey!, unit: 'rate', right: true },
    ],
  },
  jobs: {
    unit: 'count',
    least: 4,
    lines: [
      { label: 'Queued', of: 'jobs.queued', colour: teal!, unit: 'count' },
      { label: 'Running', of: 'jobs.running', colour: blue!, unit: 'count' },
      { label: 'Events', of: 'events.waiting', colour: violet!, unit: 'count' },
      { label: 'Parked', of: 'events.parked', colour: red!, unit: 'count' },
      { label: 'Ingests', of: 'ingests', colour: grey!, unit: 'count' },
    ],
  },
  process: {
    unit: 'percent',
    least: 100,
    most: 100,
    lines: [
      { label: 'CPU', of: 'cpu', colour: teal!, unit: 'percent' },
      { label: 'GC', of: (store) => store.values('gc.pause').map((ms) => (ms === null ? null : ms / 10)), colour: amber!, unit: 'percent' },
      { label: 'Memory', of: 'memory', colour: grey!, unit: 'bytes', right: true },
    ],
  },
};

export const valuesOf = (line: LineOf, store: Store): (number | null)[] => (typeof line.of === 'string' ? store.values(line.of) : line.of(store));

export interface TileOf {
  of: (store: Store) => (number | null)[];
  text: (value: number | null, store: Store) => string;
}

const plain = (line: string, unit: string): TileOf => ({ of: (store) => store.values(line), text: (value) => amount(value, unit) });

export const tiles: Record<string, TileOf> = {
  requests: plain('requests', 'rate'),
  errors: { of: (store) => share(store, ['errors.server', 'refused.shed'], ['requests']), text: (value) => amount(value ?? 0, 'percent') },
  p50: plain('latency.p50', 'ms'),
  p99: plain('latency.p99', 'ms'),
  inflight: { of: (store) => store.values('inflight'), text: (value, store) => `${amount(value, 'count')} / ${amount(Math.round(store.point['inflight.limit'] ?? 0), 'count')}` },
  cache: { of: (store) => share(store, ['cache.local', 'cache.zone'], reads), text: (value) => amount(value, 'percent') },
  cpu: plain('cpu', 'percent'),
  memory: plain('memory', 'bytes'),
};
