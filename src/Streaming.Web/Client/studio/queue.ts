import { confirmed } from '../shared/confirmed';
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
  titleState?: 'draft' | 'published';
}

interface Page {
  items: Ingest[];
  next?: string;
}

const source = '/api/catalog/ingests';
const actionWords: Record<string, string> = { retry: 'Retry', cancel: 'Cancel', 'publish-anyway': 'Publish anyway', 'drop-rung': 'Drop a rung', publish: 'Publish', dismiss: 'Dismiss' };
const working = new Set(['receiving', 'verifying', 'probed', 'encoding-base', 'playable', 'encoding-full', 'finalising', 'deleting']);
const attention = new Set(['paused', 'failed', 'rejected']);
const over = new Set(['failed', 'rejected', 'cancelled']);

/** One row, updated in place so that focus and selection survive the many small changes of an encode. */
class Row {
  readonly element: HTMLLIElement;
  item: Ingest;
  readonly #picture = h('span', { class: 'art queue-art' }, h('span', { class: 'art-missing' }, icon('films')));
  readonly #name = h('a', { class: 'queue-name ellipsis' });
  readonly #file = h('span', { class: 'small faint ellipsis' });
  readonly #state = h('span', { class: 'tag' });
  readonly #seen = h('span', { class: 'tag' });
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
    this.element = h('li', { class: 'queue-row', 'data-id': item.id }, this.#picture, names, h('div', { class: 'queue-state' }, this.#state, this.#seen), progress, this.#actions, this.#failure);
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
    this.#seen.hidden = item.state !== 'ready' || !item.titleState;
    this.#seen.className = `tag ${item.titleState === 'published' ? 'tag-accent' : 'tag-attention'}`;
    setText(this.#seen, item.titleState === 'published' ? 'Published' : 'Draft');
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
    const wanted = item.state === 'ready' ? [...(item.titleState === 'draft' ? ['publish'] : []), 'edit'] : over.has(item.state) ? [...offered, 'dismiss'] : offered;
    const key = wanted.join();
    if (this.#actions.dataset['key'] === key) return;
    this.#actions.dataset['key'] = key;
    this.#actions.replaceChildren(
      ...wanted.map((action, index) => {
        if (action === 'edit') return h('a', { class: `button ${index > 0 ? 'button-plain' : ''}`, href: `/studio/titles/${item.titleId}`, 'aria-label': `Edit ${item.titleName}` }, 'Edit');
        const words = actionWords[action]!;
        const look = action === 'publish' ? 'button-accent' : index > 0 || action === 'cancel' || action === 'dismiss' ? 'button-plain' : '';
        const button = h('button', { type: 'button', class: `button ${look}`, 'aria-label': `${words} ${item.titleName}` }, words);
        // A file that could still be tried again is thrown away only by a second press.
        const act = (): void => this.act(item.id, action, button);
        button.addEventListener('click', action === 'dismiss' && offered.includes('retry') ? () => confirmed(button, 'Delete the file?', act) : act);
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
  /** Deleting takes the server a moment; nobody wants to watch. */
  readonly #dismissed = new Set<string>();
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
    if (this.#dismissed.has(item.id)) return;
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
    const { item } = this.#rows.get(id)!;
    const answer = action === 'dismiss' ? await call('DELETE', `${source}/${id}`)
      : action === 'publish' ? await call('POST', `/api/catalog/titles/${item.titleId}/publish`)
      : await call('POST', `${source}/${id}/${action}`);
    button.disabled = false;
    if (!answer.ok) this.#say(wordsFor(answer.status, answer.problem));
    else if (action === 'dismiss') this.#dismiss(id);
    else if (action === 'publish') this.#apply({ ...item, titleState: 'published' });
    else if (answer.body && typeof answer.body === 'object' && 'state' in answer.body) this.#apply(answer.body as Ingest);
  }

  /** The focus goes on to the row that moves up, or Tab would begin at the top again. */
  #dismiss(id: string): void {
    const element = this.#rows.get(id)?.element;
    const neighbour = element?.nextElementSibling ?? element?.previousElementSibling;
    this.#dismissed.add(id);
    this.#rows.delete(id);
    element?.remove();
    neighbour?.querySelector('a')?.focus();
    this.#refresh();
  }

  #refresh(): void {
    const states = [...this.#rows.values()].map((row) => row.item.state);
    const count = (among: (state: string) => boolean): number => states.filter(among).length;
    const troubled = count((state) => attention.has(state));
    const parts = [
      [count((state) => working.has(state)), 'in progress'],
      [troubled, troubled === 1 ? 'needs attention' : 'need attention'],
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
