import { Store } from './store';

const address = '/ops/live';
const silence = 5_000;

/** Keeps the store up to date: history once, then a beat a second. A lost connection is told at once, and made again by itself. */
export class Live {
  readonly store = new Store();
  #events: EventSource | null = null;
  #lostAt: number | null = null;
  #retry = 1_000;
  #wanted = this.store.minutes;
  #isLoading = false;
  #isLoaded = false;
  #heard = 0;

  constructor(
    private readonly changed: () => void,
    private readonly connection: (lostAt: number | null) => void,
  ) {
    this.#listen();
    // A line that is dead without saying so: the server speaks once a second.
    window.setInterval(() => {
      if (!this.#events || performance.now() - this.#heard < silence) return;
      this.#lost();
      this.#listen();
    }, 1_000);
    // A page that is kept for the way back must not keep its line, and needs another one when it is shown again.
    window.addEventListener('pagehide', () => this.#close());
    window.addEventListener('pageshow', (event) => event.persisted && this.#listen());
  }

  /** History of so many minutes; of several that are asked for at once the last. */
  async load(minutes: number): Promise<void> {
    this.#wanted = minutes;
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      let asked: number;
      do {
        asked = this.#wanted;
        const answer = await fetch(`${address}?minutes=${asked}`, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(10_000) });
        if (!answer.ok) throw new Error(String(answer.status));
        this.store.load(await answer.json(), asked);
        this.#isLoaded = true;
        this.changed();
      } while (asked !== this.#wanted);
    } catch {
      // The next beat asks again.
      this.#isLoaded = false;
      this.#lost();
    } finally {
      this.#isLoading = false;
    }
  }

  #listen(): void {
    this.#close();
    const events = (this.#events = new EventSource(`${address}/stream`));
    this.#heard = performance.now();
    events.addEventListener('open', () => void this.load(this.#wanted));
    events.addEventListener('beat', (event: MessageEvent<string>) => this.#beat(event.data));
    events.addEventListener('error', () => {
      this.#lost();
      // Told no, or a host that is just starting: the browser gives up, we do not.
      if (events.readyState !== EventSource.CLOSED || this.#events !== events) return;
      this.#events = null;
      window.setTimeout(() => this.#events === null && this.#listen(), this.#retry);
      this.#retry = Math.min(this.#retry * 2, 10_000);
    });
  }

  #beat(data: string): void {
    this.#heard = performance.now();
    this.#retry = 1_000;
    const isWhole = this.store.follow(JSON.parse(data));
    this.changed();
    if (!isWhole || !this.#isLoaded) void this.load(this.#wanted);
    if (this.#lostAt === null || !this.#isLoaded) return;
    this.#lostAt = null;
    this.connection(null);
  }

  #close(): void {
    this.#events?.close();
    this.#events = null;
  }

  #lost(): void {
    if (this.#lostAt !== null) return;
    this.#lostAt = Date.now();
    this.connection(this.#lostAt);
  }
}
