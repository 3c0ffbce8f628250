import { confirmed } from '../shared/confirmed';
import { h, icon, setText } from '../shared/dom';
import { call, wordsFor } from '../shared/problems';
import { notice } from './alerts';
import { amount, clockTime, percent } from './format';
import type { Alert, Cell, Column, PanelRow, Store } from './store';

const quiet = new Set(['closed', 'serving', 'well', 'in process', 'in', 'primary', 'standby']);
const isNumber = (kind: string): boolean => kind !== 'text' && kind !== 'state';
const units: Record<string, string> = { rate: '/s', percent: '%', ms: 'ms' };

/** A subsystem: a quiet line while it is well, its table and what to do as soon as it is not. */
export class Panel {
  readonly key: string;
  readonly #button: HTMLButtonElement;
  readonly #body: HTMLElement;
  readonly #summary: HTMLElement;
  readonly #notices = h('div', { class: 'deck-notices' });
  readonly #message = h('p', { class: 'notice notice-failure', role: 'alert', hidden: true }, icon('warning'), h('span'));
  readonly #filter = h('input', { class: 'input deck-filter', type: 'search', placeholder: 'Filter', autocomplete: 'off', spellcheck: 'false' });
  readonly #count = h('span', { class: 'small faint numbers', role: 'status' });
  readonly #head = h('tr');
  readonly #rows = h('tbody');
  readonly #empty = h('p', { class: 'soft small deck-empty', hidden: true });
  readonly #known = new Map<string, Row>();
  #columns: Column[] = [];
  #sort: { column: number; isDescending: boolean } | null = null;
  /** Alerts for which somebody has closed it: it opens again for another one, not for these. */
  #seen = '';
  #data: PanelRow[] = [];

  constructor(private readonly root: HTMLElement) {
    this.key = root.dataset['panel']!;
    this.#button = root.querySelector('button')!;
    this.#body = root.querySelector<HTMLElement>('[data-body]')!;
    this.#summary = root.querySelector<HTMLElement>('[data-summary]')!;
    const title = root.querySelector('[data-title]')!.textContent ?? '';
    this.#filter.setAttribute('aria-label', `Filter ${title}`);
    const save = h('button', { type: 'button', class: 'button button-plain', 'aria-label': `Export CSV of ${title}`, onclick: () => this.#export(title) }, 'Export CSV');
    const scroller = h('div', { class: 'deck-scroller scroll-cue', tabindex: 0, role: 'region', 'aria-label': `${title}, table` }, h('table', { class: 'deck-table' }, h('thead', {}, this.#head), this.#rows));
    this.#body.append(this.#notices, this.#message, h('div', { class: 'deck-bar' }, this.#filter, this.#count, save), scroller, this.#empty);
    this.#button.addEventListener('click', () => this.#toggle(this.#button.getAttribute('aria-expanded') !== 'true'));
    this.#filter.addEventListener('input', () => this.#table());
  }

  draw(store: Store): void {
    const panel = store.panel(this.key);
    const alerts = store.alerts.filter((alert) => alert.panel === this.key);
    const level = alerts.some((alert) => alert.level === 'failure') ? 'failure' : alerts.length > 0 ? 'attention' : 'well';
    this.root.dataset['level'] = level;
    setText(this.#summary, alerts[0]?.text ?? panel?.summary ?? '');
    const now = alerts.map((alert) => alert.key).join();
    if (now !== this.#seen) {
      if (alerts.some((alert) => !this.#seen.split(',').includes(alert.key))) this.#show(true);
      this.#seen = now;
    }
    if (!panel || this.#body.hidden) return;
    this.#notify(alerts, store.at);
    this.#heads(store.columns[this.key] ?? []);
    this.#data = panel.rows;
    this.#table();
  }

  open(): void {
    this.#show(true);
    this.root.scrollIntoView({ block: 'start', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
    this.#button.focus({ preventScroll: true });
  }

  #toggle(isOpen: boolean): void {
    this.#show(isOpen);
    this.root.dispatchEvent(new CustomEvent('deck:redraw', { bubbles: true }));
  }

  #show(isOpen: boolean): void {
    this.#button.setAttribute('aria-expanded', String(isOpen));
    this.#body.hidden = !isOpen;
  }

  #notify(alerts: Alert[], at: number): void {
    const key = alerts.map((alert) => alert.key + alert.text).join();
    if (this.#notices.dataset['key'] !== key) {
      this.#notices.dataset['key'] = key;
      this.#notices.replaceChildren(...alerts.map((alert) => notice(alert)));
    }
    alerts.forEach((alert, index) => setText(this.#notices.children[index]!.querySelector('[data-since]')!, since(alert, at)));
  }

  #heads(columns: Column[]): void {
    // The same ones come with every history; what somebody has sorted or is about to confirm stays.
    if (columns.length === 0 || JSON.stringify(this.#columns) === JSON.stringify(columns)) return;
    this.#columns = columns;
    this.#known.clear();
    this.#rows.replaceChildren();
    this.#head.replaceChildren(
      ...columns.map((column, index) => {
        const unit = units[column.kind];
        const button = h('button', { type: 'button', onclick: () => this.#order(index) }, column.heading, unit && !column.heading.includes(unit) ? h('span', { class: 'faint' }, ` ${unit}`) : null);
        return h('th', { scope: 'col', class: isNumber(column.kind) ? 'is-number' : '' }, button);
      }),
      h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, 'Actions')),
    );
  }

  #order(column: number): void {
    const isNumeric = isNumber(this.#columns[column]!.kind);
    // Numbers largest first, names from A: what one looks for; a second press turns it round, a third takes it back.
    this.#sort = this.#sort?.column !== column ? { column, isDescending: isNumeric } : this.#sort.isDescending === isNumeric ? { column, isDescending: !isNumeric } : null;
    [...this.#head.children].forEach((head, index) => {
      if (this.#sort?.column === index) head.setAttribute('aria-sort', this.#sort.isDescending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    this.#table();
  }

  get #shown(): PanelRow[] {
    const wanted = this.#filter.value.trim().toLowerCase();
    const rows = wanted ? this.#data.filter((row) => row.cells.some((cell) => typeof cell === 'string' && cell.toLowerCase().includes(wanted))) : [...this.#data];
    const rank = (row: PanelRow): number => (row.level === 'failure' ? 0 : row.level === 'attention' ? 1 : 2);
    const sort = this.#sort;
    // What is not well comes first unless somebody has asked for another order; otherwise the server's order stays.
    return sort ? rows.sort((one, other) => compare(one.cells[sort.column] ?? null, other.cells[sort.column] ?? null) * (sort.isDescending ? -1 : 1)) : rows.sort((one, other) => rank(one) - rank(other));
  }

  #table(): void {
    const rows = this.#shown;
    const ids = new Set(rows.map((row) => row.id));
    for (const [id, row] of this.#known) {
      if (ids.has(id)) continue;
      row.element.remove();
      this.#known.delete(id);
    }
    const focused = document.activeElement;
    rows.forEach((data, index) => {
      let row = this.#known.get(data.id);
      if (!row) this.#known.set(data.id, (row = new Row(this.#columns, (button, address) => void this.#act(button, address))));
      row.update(data);
      if (this.#rows.children[index] !== row.element) this.#rows.insertBefore(row.element, this.#rows.children[index] ?? null);
    });
    // Moving a row takes the focus from what is in it.
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.#rows.contains(focused)) focused.focus({ preventScroll: true });
    setText(this.#count, rows.length === this.#data.length ? `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}` : `${rows.length} of ${this.#data.length} rows`);
    this.#empty.hidden = rows.length > 0;
    setText(this.#empty, this.#data.length > 0 ? 'Nothing matches the filter.' : 'Nothing here at the moment.');
  }

  async #act(button: HTMLButtonElement, address: string): Promise<void> {
    button.disabled = true;
    const answer = await call('POST', address);
    button.disabled = false;
    setText(this.#message.querySelector('span')!, answer.ok ? '' : wordsFor(answer.status, answer.problem));
    this.#message.hidden = answer.ok;
  }

  #export(title: string): void {
    const lines = [this.#columns.map((column) => column.heading), ...this.#shown.map((row) => row.cells)];
    const text = lines.map((cells) => cells.map(quoted).join(',')).join('\r\n');
    const link = h('a', { href: URL.createObjectURL(new Blob([text], { type: 'text/csv' })), download: `${title.toLowerCase().replaceAll(' ', '-')}.csv` });
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  }
}

class Row {
  readonly element = h('tr');
  readonly #cells: HTMLElement[];
  readonly #actions = h('td', { class: 'deck-actions' });

  constructor(
    private readonly columns: Column[],
    private readonly act: (button: HTMLButtonElement, address: string) => void,
  ) {
    this.#cells = columns.map((column, index) => (index === 0 ? h('th', { scope: 'row' }) : h('td', { class: isNumber(column.kind) ? 'is-number numbers' : '' })));
    this.element.append(...this.#cells, this.#actions);
  }

  update(row: PanelRow): void {
    this.element.dataset['level'] = row.level ?? 'well';
    this.#cells.forEach((cell, index) => {
      const [kind, value] = [this.columns[index]!.kind, row.cells[index] ?? null];
      if (kind === 'state') this.#state(cell, String(value ?? ''), row.level);
      else setText(cell, written(value, kind));
    });
    const key = row.actions?.map((action) => action.name).join() ?? '';
    if (this.#actions.dataset['key'] === key) return;
    const hadFocus = this.#actions.contains(document.activeElement);
    this.#actions.dataset['key'] = key;
    this.#actions.replaceChildren(
      ...(row.actions ?? []).map(({ name, address, question }) => {
        const button = h('button', { type: 'button', class: 'button button-plain', 'aria-label': `${name} ${row.cells[0]} (${row.cells[1]})` }, name);
        button.addEventListener('click', () => (question ? confirmed(button, question, () => this.act(button, address)) : this.act(button, address)));
        return button;
      }),
    );
    if (hadFocus) this.#actions.querySelector('button')?.focus();
  }

  /** Of a row that is not well, the state that says so stands out; which rows those are the server decides. */
  #state(cell: HTMLElement, word: string, level: PanelRow['level']): void {
    const look = level && !quiet.has(word) ? `tag tag-${level}` : 'tag';
    if (cell.textContent === word && (word === '' || cell.firstElementChild?.className === look)) return;
    cell.replaceChildren(word === '' ? '' : h('span', { class: look }, word));
  }
}

export function since(alert: Alert, at: number): string {
  const seconds = Math.max(0, at - alert.since);
  return `since ${clockTime(alert.since)}, ${seconds < 60 ? `${seconds} s` : seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`}`;
}

function written(value: Cell, kind: string): string {
  if (value === null) return isNumber(kind) ? '–' : '';
  if (typeof value === 'string') return value;
  if (kind === 'rate') return amount(value, 'number');
  if (kind === 'percent') return percent(value);
  if (kind === 'ms') return amount(value, 'number');
  if (kind === 'time') return clockTime(value);
  return amount(value, kind === 'bytes' ? 'bytes' : 'number');
}

function compare(one: Cell, other: Cell): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? -1 : 1;
  return typeof one === 'number' && typeof other === 'number' ? one - other : String(one).localeCompare(String(other));
}

/** RFC 4180; a cell that a spreadsheet would take for a formula is made text. */
function quoted(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
