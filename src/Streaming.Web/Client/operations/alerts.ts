import { h, setText } from '../shared/dom';
import { ago, clockTime } from './format';
import { since } from './panel';
import type { Alert, Store } from './store';

const shown = 4;

/** One alert with what to do about it. */
export function notice(alert: Alert, open?: () => void): HTMLElement {
  return h(
    'div',
    { class: 'deck-alert', 'data-level': alert.level },
    h('span', { class: 'deck-lamp', 'aria-hidden': 'true' }),
    h('div', { class: 'deck-alert-text' }, h('strong', {}, alert.text), ' ', h('span', { class: 'small soft numbers', 'data-since': '' })),
    open ? h('button', { type: 'button', class: 'button button-plain', 'aria-label': `Show: ${alert.text}`, onclick: open }, 'Show') : null,
    h('details', { class: 'deck-advice', open: !open }, h('summary', { class: 'small' }, 'What to do'), h('p', { class: 'small soft' }, alert.advice), h('p', { class: 'small faint' }, `More in docs/operations/${alert.doc}`)),
  );
}

/** What is wrong, the worst first, and below what is over. */
export class Alerts {
  readonly #more = h('button', { type: 'button', class: 'button button-plain deck-more', hidden: true });
  #all = false;
  #items = new Map<string, HTMLElement>();

  constructor(
    private readonly list: HTMLElement,
    private readonly over: HTMLElement,
    private readonly open: (panel: string) => void,
  ) {
    list.after(this.#more);
    this.#more.addEventListener('click', () => {
      this.#all = !this.#all;
      list.dispatchEvent(new CustomEvent('deck:redraw', { bubbles: true }));
    });
  }

  draw(store: Store): void {
    const alerts = this.#all ? store.alerts : store.alerts.slice(0, shown);
    const keys = new Set(alerts.map((alert) => alert.key));
    for (const [key, item] of this.#items) {
      if (keys.has(key)) continue;
      item.remove();
      this.#items.delete(key);
    }
    if (this.#items.size === 0) this.list.replaceChildren();
    alerts.forEach((alert, index) => {
      let item = this.#items.get(alert.key);
      if (!item || item.dataset['level'] !== alert.level) {
        item?.remove();
        this.#items.set(alert.key, (item = h('li', { 'data-level': alert.level }, notice(alert, () => this.open(alert.panel)))));
      }
      setText(item.querySelector('strong')!, alert.text);
      setText(item.querySelector('[data-since]')!, since(alert, store.at));
      if (this.list.children[index] !== item) this.list.insertBefore(item, this.list.children[index] ?? null);
    });
    const left = store.alerts.length - shown;
    this.#more.hidden = left <= 0;
    setText(this.#more, this.#all ? 'Show fewer' : `${left} more`);
    this.#past(store);
  }

  #past(store: Store): void {
    const key = store.over.map((alert) => alert.key + alert.until).join();
    this.over.closest('section')!.hidden = store.over.length === 0;
    if (this.over.dataset['key'] === key) return;
    this.over.dataset['key'] = key;
    this.over.replaceChildren(
      ...store.over.slice(0, 12).map((alert) => h('li', { 'data-level': alert.level }, h('span', { class: 'deck-lamp', 'aria-hidden': 'true' }), h('span', { class: 'numbers soft' }, clockTime(alert.since)), h('span', {}, alert.text), h('span', { class: 'small faint numbers' }, `for ${ago((alert.until ?? alert.since) - alert.since)}`))),
    );
  }
}
