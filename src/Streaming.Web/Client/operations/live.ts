import { Store } from './store';

const address = '/ops/live';

/** Keeps the store up to date: history once, then a beat a second. A lost connection is told at once, and made again by itself. */
export class Live {
  readonly store = new Store();
  #lostAt: number | null = null;
  #retry = 1_000;
  #loading = false;
  #heard = 0;

  constructor(
    private readonly changed: () => void,
    private readonly connection: (lostAt: number | null) => void,
  ) {
    this.#listen();
    // A line that is dead without saying so: the server speaks once a second.
    window.setInterval(() => this.#heard > 0 && performance.now() - this.#heard > 5_000 && this.#lost(), 1_000);
  }

  async load(minutes: number): Promise<boolean> {
    if (this.#loading) return false;
    this.#loading = true;
    try {
      const answer = await fetch(`${address}?minutes=${minutes}`, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) throw new Error(String(answer.status));
      this.store.load(await answer.json(), minutes);
      this.changed();
      return true;
    } catch {
      this.#lost();
      return false;
    } finally {
      this.#loading = false;
    }
  }

  #listen(): void {
    const events = new EventSource(`${address}/stream`);
    events.addEventListener('open', () => void this.load(this.store.minutes));
    events.addEventListener('beat', (event: MessageEvent<string>) => {
      this.#heard = performance.now();
      this.#retry = 1_000;
      if (this.#lostAt !== null) {
        this.#lostAt = null;
        this.connection(null);
      }
      const isWhole = this.store.follow(JSON.parse(event.data));
      if (isWhole) this.changed();
      else void this.load(this.store.minutes);
    });
    events.addEventListener('error', () => {
      this.#lost();
      // Told no, or a host that is just starting: the browser gives up, we do not.
      if (events.readyState !== EventSource.CLOSED) return;
      window.setTimeout(() => this.#listen(), this.#retry);
      this.#retry = Math.min(this.#retry * 2, 10_000);
    });
    window.addEventListener('pagehide', () => events.close(), { once: true });
  }

  #lost(): void {
    if (this.#lostAt !== null) return;
    this.#lostAt = Date.now();
    this.connection(this.#lostAt);
  }
}
