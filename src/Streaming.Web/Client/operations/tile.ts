import { setText } from '../shared/dom';
import { tiles, type TileOf } from './definitions';
import type { Store } from './store';

const width = 120;
const height = 32;
const shown = 60;

/** A number of now, and above which way it went in the last minute. */
export class Tile {
  readonly #of: TileOf;
  readonly #value: HTMLElement;
  readonly #line: SVGPathElement;
  readonly #area: SVGPathElement;

  constructor(private readonly root: HTMLElement) {
    this.#of = tiles[root.dataset['tile']!]!;
    this.#value = root.querySelector<HTMLElement>('dd')!;
    [this.#area, this.#line] = [...root.querySelectorAll('path')] as [SVGPathElement, SVGPathElement];
  }

  draw(store: Store): void {
    const values = this.#of.of(store).slice(-shown);
    // Where nobody asks, nothing has a latency; what it was last is worth more than a dash.
    const newest = values.findLast((value) => value !== null) ?? null;
    setText(this.#value, this.#of.text(newest, store));
    this.root.classList.toggle('is-bad', this.root.dataset['tile'] === 'errors' && (newest ?? 0) >= 1);
    const most = Math.max(1e-9, ...values.map((value) => value ?? 0));
    const x = (index: number): number => width - ((values.length - 1 - index) * width) / (shown - 1);
    const y = (value: number): number => height - 1.5 - (value / most) * (height - 4);
    const known = values.flatMap((value, index) => (value === null ? [] : [[x(index), y(value)] as const]));
    const path = known.length > 1 ? `M${known.map(([left, top]) => `${left.toFixed(1)} ${top.toFixed(1)}`).join('L')}` : '';
    this.#line.setAttribute('d', path);
    this.#area.setAttribute('d', path ? `${path}V${height}H${known[0]![0].toFixed(1)}Z` : '');
  }
}
