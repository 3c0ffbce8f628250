import { h, icon, readJson, setText } from '../shared/dom';
import { bytes, remaining } from '../shared/format';
import { call, wordsFor } from '../shared/problems';

interface Ingest {
  id: string;
  titleId: string;
  titleName: string;
  fileName: string;
  sizeBytes: number;
  state: string;
  stateText: string;
  progress: number;
  speed?: number;
  etaSeconds?: number;
  poster?: string;
  failure?: { code: string; message: string; retryable: boolean };
  actions: string[];
}

interface Page {
  items: Ingest[];
  next?: string;
}

const source = '/api/catalog/ingests';
const actionWords: Record<string, string> = { retry: 'Retry', cancel: 'Cancel', 'publish-anyway': 'Publish anyway', 'drop-rung': 'Drop a rung' };
const working = new Set(['receiving', 'verifying', 'probed', 'encoding-base', 'playable', 'encoding-full', 'finalising', 'deleting']);
const attention = new Set(['paused', 'failed', 'rejected']);

/** One row, updated in place so that focus and selection survive the many small changes of an encode. */
class Row {
  readonly element: HTMLLIElement;
  item: Ingest;
  readonly #picture = h('span', { class: 'art queue-art' }, h('span', { class: 'art-missing' }, icon('films')));
  readonly #name = h('a', { class: 'queue-name ellipsis' });
  readonly #file = h('span', { class: 'small faint ellipsis' });
  readonly #state = h('span', { class: 'tag' });
  readonly #bar = h('progress', { class: 'progress', max: 1 });
  readonly #figures = h('span', { class: 'queue-figures small soft numbers' });
  readonly #failure = h('p', { class: 'queue-failure small' });
  readonly #actions = h('div', { class: 'queue-actions' });

  constructor(
    item: Ingest,
    private readonly act: (id: string, action: string, button: HTMLButtonElement) => void,
  ) {
    this.item = item;
    const names = h('div', { class: 'queue-names' }, this.#name, this.#file);
    const progress = h('div', { class: 'queue-progress' }, this.#bar, this.#figures);
    this.element = h('li', { class: 'queue-row', 'data-id': item.id }, this.#picture, names, h('div', { class: 'queue-state' }, this.#state), progress, this.#actions, this.#failure);
    this.update(item);
  }

  update(item: Ingest): void {
    this.item = item;
    this.element.dataset['state'] = item.state;
    this.#name.href = `/studio/titles/${item.titleId}`;
    setText(this.#name, item.titleName);
    setText(this.#file, `${item.fileName} · ${bytes(item.sizeBytes)}`);
    setText(this.#state, item.stateText);
    this.#state.className = `tag ${attention.has(item.state) ? (item.state === 'paused' ? 'tag-attention' : 'tag-failure') : working.has(item.state) ? 'tag-accent' : ''}`;
    this.#bar.hidden = !working.has(item.state) || item.state === 'deleting';
    this.#bar.value = item.progress;
    this.#bar.setAttribute('aria-label', `${item.titleName}: ${item.stateText}`);
    setText(this.#figures, figures(item));
    setText(this.#failure, item.failure?.message ?? '');
    this.#failure.hidden = !item.failure;
    this.#poster(item);
    this.#buttons(item);
  }

  #poster(item: Ingest): void {
    const shown = this.#picture.querySelector('img');
    if (!item.poster || shown?.getAttribute('src') === item.poster) return;
    const image = h('img', { src: item.poster, alt: '', width: 128, height: 72, loading: 'lazy', onerror: () => image.remove() });
    shown?.remove();
    this.#picture.append(image);
  }

  #buttons(item: Ingest): void {
    // A smaller ladder is an answer to a full disk only; elsewhere it would crowd out the button that makes sense.
    const offered = item.actions.filter((action) => action in actionWords && (action !== 'drop-rung' || item.state === 'paused'));
    const wanted = item.state === 'ready' ? ['edit'] : offered;
    const key = wanted.join();
    if (this.#actions.dataset['key'] === key) return;
    this.#actions.dataset['key'] = key;
    this.#actions.replaceChildren(
      ...wanted.map((action, index) => {
        if (action === 'edit') return h('a', { class: 'button', href: `/studio/titles/${item.titleId}`, 'aria-label': `Edit ${item.titleName}` }, 'Edit');
        const words = actionWords[action]!;
        const button = h('button', { type: 'button', class: `button ${index > 0 || action === 'cancel' ? 'button-plain' : ''}`, 'aria-label': `${words} ${item.titleName}` }, words);
        button.addEventListener('click', () => this.act(item.id, action, button));
        return button;
      }),
    );
  }
}

function figures(item: Ingest): string {
  if (!working.has(item.state)) return '';
  const parts = [`${Math.floor(item.progress * 100)} %`];
  if (item.speed) parts.push(`${item.speed.toFixed(1)}×`);
  if (item.etaSeconds !== undefined && item.state !== 'receiving') parts.push(remaining(item.etaSeconds));
  return parts.join(' · ');
}

/** The list of everything on its way: fed once by the page, then by server-sent events; a lost connection heals by itself. */
export class Queue {
  readonly #rows = new Map<string, Row>();
  readonly #list: HTMLElement;
  readonly #summary: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #live: HTMLElement;
  readonly #message: HTMLElement;
  readonly #more: HTMLButtonElement;
  #next: string | undefined;

  constructor(root: HTMLElement) {
    const part = <T extends HTMLElement>(name: string): T => root.querySelector<T>(`[data-queue-${name}]`)!;
    this.#list = part('list');
    this.#summary = part('summary');
    this.#empty = part('empty');
    this.#live = part('live');
    this.#message = part('message');
    this.#more = part<HTMLButtonElement>('more');
    this.#more.addEventListener('click', () => void this.#load(this.#next));
    const embedded = readJson<Page>('ingests');
    this.#list.replaceChildren();
    if (embedded) this.#show(embedded);
    else void this.#load();
    this.#listen();
  }

  #listen(): void {
    const events = new EventSource(`${source}/events`);
    events.addEventListener('open', () => (this.#live.hidden = true));
    events.addEventListener('error', () => {
      this.#live.hidden = false;
      // The first event after a new connection tells what was missed. A refusal closes the source for good, unlike a broken line; asking again later is up to us.
      if (events.readyState === EventSource.CLOSED) window.setTimeout(() => this.#listen(), 5_000);
    });
    events.addEventListener('ingests', (event: MessageEvent<string>) => this.#follow(JSON.parse(event.data) as Page));
    window.addEventListener('pagehide', () => events.close());
  }

  /** Each event is the newest page as it is now; what was on the one before and is gone has been deleted. */
  #follow(page: Page): void {
    const ids = new Set(page.items.map((item) => item.id));
    const oldest = page.next ? page.items.at(-1)?.id : undefined;
    for (const id of this.#rows.keys()) {
      // UUIDv7: ids sort by age, so one below the oldest on the page lies beyond it.
      if (ids.has(id) || (oldest !== undefined && id < oldest)) continue;
      this.#rows.get(id)?.element.remove();
      this.#rows.delete(id);
    }
    this.#show(page);
  }

  async #load(after?: string): Promise<void> {
    const answer = await call('GET', `${source}?limit=50${after ? `&after=${encodeURIComponent(after)}` : ''}`);
    if (answer.ok) this.#show(answer.body as Page, after !== undefined);
    else this.#say(wordsFor(answer.status, answer.problem));
  }

  #show(page: Page, append = false): void {
    if (append || this.#rows.size === 0) this.#next = page.next;
    for (const item of append ? page.items : [...page.items].reverse()) this.#apply(item, append);
    this.#refresh();
  }

  #apply(item: Ingest, append = false): void {
    const known = this.#rows.get(item.id);
    if (known) known.update(item);
    else {
      const row = new Row(item, (id, action, button) => void this.#act(id, action, button));
      this.#rows.set(item.id, row);
      if (append) this.#list.append(row.element);
      else this.#list.prepend(row.element);
    }
    this.#refresh();
  }

  async #act(id: string, action: string, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    this.#say('');
    const answer = await call('POST', `${source}/${id}/${action}`);
    button.disabled = false;
    if (!answer.ok) this.#say(wordsFor(answer.status, answer.problem));
    else if (answer.body && typeof answer.body === 'object' && 'state' in answer.body) this.#apply(answer.body as Ingest);
  }

  #refresh(): void {
    const states = [...this.#rows.values()].map((row) => row.item.state);
    const count = (among: (state: string) => boolean): number => states.filter(among).length;
    const parts = [
      [count((state) => working.has(state)), 'in progress'],
      [count((state) => attention.has(state)), 'need attention'],
      [count((state) => state === 'ready'), 'ready'],
    ] as const;
    setText(this.#summary, parts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`).join(' · '));
    this.#empty.hidden = this.#rows.size > 0;
    this.#more.hidden = !this.#next;
  }

  #say(text: string): void {
    setText(this.#message.querySelector('span')!, text);
    this.#message.hidden = text === '';
  }
}
