export type EventKind = 'started' | 'playing' | 'paused' | 'seeked' | 'progress' | 'stalled' | 'resumed' | 'level-switched' | 'ended' | 'error' | 'summary';

interface PlaybackEvent {
  sequence: number;
  kind: EventKind;
  at: string;
  positionSeconds: number;
  [figure: string]: unknown;
}

const kept = 'streaming.events.';
const batchSize = 100;

/** Sends what happened in numbered batches; what could not be sent is kept, across page loads too, and the server drops repeats by number. */
export class Reporter {
  #queue: PlaybackEvent[] = [];
  #sequence = 0;
  #sending = false;
  #timer = 0;
  #failures = 0;
  #left = false;

  constructor(private readonly sessionId: string) {
    void Reporter.sendKept(sessionId);
    window.addEventListener('online', () => void this.flush());
  }

  get pending(): number {
    return this.#queue.length;
  }

  add(kind: EventKind, positionSeconds: number, figures: Record<string, unknown> = {}): void {
    const position = Math.round(positionSeconds * 1000) / 1000;
    this.#queue.push({ sequence: ++this.#sequence, kind, at: new Date().toISOString(), positionSeconds: position, ...figures });
    // Playing state reaches "continue watching" at once; the rest waits a moment for company.
    this.#schedule(kind === 'paused' || kind === 'ended' || kind === 'started' || kind === 'error' ? 0 : 3_000);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#sending || this.#left || this.#queue.length === 0) return;
    this.#sending = true;
    const batch = this.#queue.slice(0, batchSize);
    const outcome = await post(this.sessionId, batch);
    this.#sending = false;
    if (outcome === 'later') {
      this.#failures++;
      // A page that is killed says no farewell.
      store(this.sessionId, this.#queue);
      this.#schedule(Math.min(30_000, 1_000 * 2 ** this.#failures));
      return;
    }
    if (this.#failures > 0) forget(this.sessionId);
    this.#failures = 0;
    this.#queue.splice(0, batch.length);
    if (this.#queue.length > 0) this.#schedule(0);
  }

  /** At the end of the page nobody waits for an answer: send, and keep a copy in case it is lost. */
  leave(): void {
    this.#left = true;
    if (this.#queue.length === 0) return;
    store(this.sessionId, this.#queue);
    const body = JSON.stringify(this.#queue.slice(-batchSize));
    navigator.sendBeacon(address(this.sessionId), new Blob([body], { type: 'application/json' }));
  }

  /** Back from the page cache: the queue is alive again, so the copy is not needed. */
  resume(): void {
    this.#left = false;
    forget(this.sessionId);
    void this.flush();
  }

  static async sendKept(current: string): Promise<void> {
    for (const [sessionId, events] of stored()) {
      if (sessionId === current) continue;
      let outcome: Outcome = 'done';
      for (let at = 0; at < events.length && outcome !== 'later'; at += batchSize) outcome = await post(sessionId, events.slice(at, at + batchSize));
      if (outcome !== 'later') forget(sessionId);
    }
  }

  #schedule(delay: number): void {
    if (this.#timer && delay > 0) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.flush(), delay);
  }
}

type Outcome = 'done' | 'later' | 'refused';

const address = (sessionId: string): string => `/api/playback/sessions/${encodeURIComponent(sessionId)}/events`;

async function post(sessionId: string, events: PlaybackEvent[]): Promise<Outcome> {
  try {
    const response = await fetch(address(sessionId), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(events),
      keepalive: true,
      signal: AbortSignal.timeout(15_000),
    });
    if (response.ok) return 'done';
    // Refused for good (a session that is gone, a malformed batch) must not block what comes after it.
    return response.status >= 500 || response.status === 408 || response.status === 429 || response.status === 401 ? 'later' : 'refused';
  } catch {
    return 'later';
  }
}

function store(sessionId: string, events: PlaybackEvent[]): void {
  try {
    localStorage.setItem(kept + sessionId, JSON.stringify(events));
  } catch {
    // Full or denied; the beacon is the remaining way.
  }
}

function forget(sessionId: string): void {
  try {
    localStorage.removeItem(kept + sessionId);
  } catch {
    // Denied, so nothing was stored either.
  }
}

function stored(): [string, PlaybackEvent[]][] {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(kept))
      .map((name) => [name.slice(kept.length), JSON.parse(localStorage.getItem(name) ?? '[]') as PlaybackEvent[]]);
  } catch {
    return [];
  }
}
