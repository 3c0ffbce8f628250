import uPlot from 'uplot';
import { h, setText } from '../shared/dom';
import { charts, valuesOf, type ChartOf, type LineOf } from './definitions';
import { amount, clockTime } from './format';
import type { Alert, Store } from './store';

const height = 172;
const [faint, line] = ['#8b919d', '#23262d'];
const font = '11px Inter, "Inter Fallback", system-ui, sans-serif';

/** One chart: its lines on the axis of time that all charts share, their values under the pointer, and the same as a table. */
export class Chart {
  readonly #of: ChartOf;
  readonly #plot: HTMLElement;
  readonly #legend: { value: HTMLElement; button: HTMLButtonElement }[] = [];
  readonly #time = h('span', { class: 'chart-time numbers' });
  readonly #table: HTMLTableSectionElement;
  readonly #details: HTMLDetailsElement;
  #u: uPlot | null = null;
  #raw: (number | null)[][] = [];
  #span: [number, number] = [0, 1];
  #alerts: Alert[] = [];
  #title: string;

  constructor(root: HTMLElement) {
    this.#of = charts[root.dataset['chart']!]!;
    this.#title = root.querySelector('h3')!.textContent ?? '';
    this.#plot = root.querySelector<HTMLElement>('[data-plot]')!;
    this.#details = root.querySelector<HTMLDetailsElement>('details')!;
    const legend = root.querySelector<HTMLElement>('[data-legend]')!;
    this.#of.lines.forEach((of, index) => legend.append(this.#entry(of, index)));
    root.querySelector('figcaption')!.append(this.#time);
    this.#table = h('tbody');
    const head = ['Line', 'Now', 'Lowest', 'Mean', 'Highest'].map((text) => h('th', { scope: 'col' }, text));
    this.#details.append(h('table', { class: 'numbers small' }, h('thead', {}, h('tr', {}, ...head)), this.#table));
    this.#details.addEventListener('toggle', () => this.#figures());
    this.#plot.addEventListener('keydown', (event) => this.#key(event));
    this.#plot.addEventListener('blur', () => this.#point(-10));
    new ResizeObserver(() => this.#u?.setSize({ width: this.#plot.clientWidth, height })).observe(this.#plot);
  }

  draw(store: Store): void {
    this.#span = store.span;
    this.#raw = this.#of.lines.map((of) => valuesOf(of, store));
    this.#alerts = [...store.alerts, ...store.over];
    const data = [store.times, ...(this.#of.stacked ? stack(this.#raw) : this.#raw)] as uPlot.AlignedData;
    if (this.#u) this.#u.setData(data);
    else if (this.#plot.clientWidth > 0) this.#u = new uPlot(this.#options(), data, this.#plot);
    this.#read(this.#u?.cursor.idx ?? null);
    if (this.#details.open) this.#figures();
    this.#plot.setAttribute('aria-label', `${this.#title}. ${this.#of.lines.map((of, index) => `${of.label}: now ${amount(this.#raw[index]!.at(-1), of.unit)}, at most ${amount(highest(this.#raw[index]!), of.unit)}`).join('. ')}.`);
  }

  #entry(of: LineOf, index: number): HTMLElement {
    const value = h('span', { class: 'numbers' }, '–');
    const button = h('button', { type: 'button', class: 'chart-key', 'aria-pressed': 'true', title: `Show or hide ${of.label}` }, swatch(of), h('span', { class: 'soft' }, of.label), value);
    button.addEventListener('click', () => {
      const isShown = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(isShown));
      this.#u?.setSeries(index + 1, { show: isShown });
    });
    this.#legend.push({ value, button });
    return button;
  }

  /** The values at the pointer, in whichever chart it is; the newest ones where it is in none. */
  #read(index: number | null): void {
    const at = index ?? (this.#raw[0]?.length ?? 0) - 1;
    this.#of.lines.forEach((of, position) => setText(this.#legend[position]!.value, amount(this.#raw[position]?.[at], of.unit)));
    setText(this.#time, index === null || !this.#u ? '' : clockTime(this.#u.data[0]![index]!));
  }

  #figures(): void {
    this.#table.replaceChildren(
      ...this.#of.lines.map((of, index) => {
        const known = this.#raw[index]?.filter((value) => value !== null) ?? [];
        const cells = [this.#raw[index]?.at(-1), known.length ? Math.min(...known) : null, known.length ? known.reduce((total, value) => total + value, 0) / known.length : null, known.length ? Math.max(...known) : null];
        return h('tr', {}, h('th', { scope: 'row' }, of.label), ...cells.map((value) => h('td', {}, amount(value, of.unit))));
      }),
    );
  }

  #key(event: KeyboardEvent): void {
    const u = this.#u;
    const last = (u?.data[0]?.length ?? 0) - 1;
    if (!u || last < 0) return;
    const at = u.cursor.idx ?? last;
    const stride = event.shiftKey ? 10 : 1;
    const to = { ArrowLeft: at - stride, ArrowRight: at + stride, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#point(u.valToPos(u.data[0]![Math.min(last, Math.max(0, to))]!, 'x'));
  }

  /** As the pointer would: the other charts follow. uPlot's types leave out the last argument, which tells them. */
  #point(left: number): void {
    const u = this.#u as unknown as { setCursor(at: { left: number; top: number }, fire: boolean, tell: boolean): void } | null;
    u?.setCursor({ left, top: left < 0 ? left : 20 }, true, true);
  }

  #options(): uPlot.Options {
    const right = this.#of.lines.find((of) => of.right);
    const axis = (unit: string, more: Partial<uPlot.Axis>): uPlot.Axis => ({
      font,
      stroke: faint,
      size: 52,
      gap: 6,
      ticks: { show: false },
      values: (_, splits) => splits.map((value) => amount(value, unit)),
      ...more,
    });
    return {
      width: this.#plot.clientWidth,
      height,
      legend: { show: false },
      padding: [8, right ? 0 : 24, 0, 0],
      cursor: { y: false, sync: { key: 'deck', setSeries: false }, drag: { x: false, y: false }, points: { size: 7, width: 2 } },
      scales: {
        x: { time: true, range: () => this.#span },
        y: { range: (_, __, most) => [0, Math.min(this.#of.most ?? Infinity, Math.max(this.#of.least, (most ?? 0) * 1.15))] },
        ...(right ? { right: { range: (_: uPlot, __: number, most: number): [number, number] => [0, Math.max(right.unit === 'count' ? 10 : 1, (most ?? 0) * 1.25)] } } : {}),
      },
      axes: [
        { font, stroke: faint, size: 28, gap: 6, space: 72, grid: { show: false }, ticks: { show: false }, values: (_, splits) => splits.map((value) => moment(value, this.#span)) },
        axis(this.#of.unit, { grid: { stroke: line, width: 1 }, space: 34 }),
        ...(right ? [axis(right.unit, { scale: 'right', side: 1, grid: { show: false }, space: 34 })] : []),
      ],
      series: [{}, ...this.#of.lines.map((of) => this.#series(of))],
      ...(this.#of.stacked ? { bands: this.#of.lines.slice(1).map((_, index) => ({ series: [index + 2, index + 1] as [number, number] })) } : {}),
      hooks: { setCursor: [(u) => this.#read(u.cursor.idx ?? null)], draw: [(u) => this.#strip(u)] },
    };
  }

  #series(of: LineOf): uPlot.Series {
    return {
      scale: of.right ? 'right' : 'y',
      stroke: of.colour,
      width: of.right ? 1 : 1.5,
      // A quiet host has seconds of which nothing is known; what stands alone between them would otherwise not be seen.
      points: { show: false, size: 4, width: 0, fill: of.colour, filter: (u, series) => alone(u.data[series]!) },
      spanGaps: false,
      ...(of.dash ? { dash: [4, 4] } : {}),
      ...(this.#of.stacked ? { fill: `${of.colour}59` } : of === this.#of.lines[0] && !of.dash ? { fill: `${of.colour}1a` } : {}),
    };
  }

  /** When something was wrong: a thin strip along the axis of time, so that a bend in a line and its reason are seen together. */
  #strip(u: uPlot): void {
    const { ctx } = u;
    const y = u.bbox.top + u.bbox.height - 3 * devicePixelRatio;
    for (const alert of this.#alerts) {
      const [from, to] = [alert.since, alert.until ?? this.#span[1]].map((at) => u.valToPos(Math.min(Math.max(at, this.#span[0]), this.#span[1]), 'x', true));
      if (to! <= u.bbox.left || alert.since >= this.#span[1]) continue;
      ctx.fillStyle = alert.level === 'failure' ? '#ff7b7b' : '#f5b84b';
      ctx.fillRect(from!, y, Math.max(to! - from!, 2), 3 * devicePixelRatio);
    }
  }
}

function moment(value: number, [from, to]: [number, number]): string {
  const text = clockTime(value);
  return to - from > 1200 ? text.slice(0, 5) : text;
}

/** Where a value has no neighbour that a line could lead to. */
function alone(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  for (let index = 0; index < values.length; index++)
    if (values[index] != null && values[index - 1] == null && values[index + 1] == null) found.push(index);
  return found;
}

function swatch(of: LineOf): HTMLElement {
  const mark = h('span', { class: `chart-swatch${of.dash ? ' is-dashed' : ''}`, 'aria-hidden': 'true' });
  mark.style.color = of.colour;
  return mark;
}

function highest(values: (number | null)[]): number | null {
  let most: number | null = null;
  for (const value of values) if (value !== null && (most === null || value > most)) most = value;
  return most;
}

/** Each line on top of those before it; where nothing at all is known there is nothing. */
function stack(lines: (number | null)[][]): (number | null)[][] {
  const length = lines[0]?.length ?? 0;
  const tops: (number | null)[][] = lines.map(() => new Array<number | null>(length).fill(null));
  for (let index = 0; index < length; index++) {
    if (lines.every((values) => values[index] === null)) continue;
    let top = 0;
    lines.forEach((values, position) => (tops[position]![index] = top += values[index] ?? 0));
  }
  return tops;
}
