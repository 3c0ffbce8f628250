import { DetailedError, Upload } from 'tus-js-client';
import { h, icon, setIcon, setText } from '../shared/dom';
import { bytes, remaining } from '../shared/format';
import { parseProblem, wordsFor } from '../shared/problems';

const endpoint = '/api/catalog/uploads';
const chunkSize = 16 * 1024 * 1024;
const atOnce = 2;

type State = 'waiting' | 'sending' | 'paused' | 'failed' | 'done';

/** One file: sent in 16 MiB pieces, resumed from where it was even after the page was closed. */
class Sending {
  readonly element: HTMLLIElement;
  state: State = 'waiting';
  readonly #upload: Upload;
  readonly #bar = h('progress', { class: 'progress', max: 1, value: 0 });
  readonly #figures = h('span', { class: 'small soft numbers' }, 'Waiting for its turn');
  readonly #toggle: HTMLButtonElement;
  readonly #remove: HTMLButtonElement;
  #samples: [time: number, sent: number][] = [];

  constructor(
    readonly file: File,
    publish: boolean,
    private readonly changed: () => void,
    private readonly removed: (sending: Sending) => void,
  ) {
    this.#toggle = h('button', { type: 'button', class: 'icon-button', onclick: () => this.toggle() }, icon('pause'));
    this.#remove = h('button', { type: 'button', class: 'icon-button', 'aria-label': `Remove ${file.name}`, title: 'Remove', onclick: () => void this.#abandon().then(() => removed(this)) }, icon('close'));
    this.#bar.setAttribute('aria-label', `Upload of ${file.name}`);
    const names = h('div', { class: 'upload-names' }, h('span', { class: 'ellipsis' }, file.name), this.#figures);
    this.element = h('li', { class: 'upload-row' }, names, this.#bar, h('div', { class: 'upload-actions' }, this.#toggle, this.#remove));
    this.#upload = new Upload(file, {
      endpoint,
      chunkSize,
      retryDelays: [0, 1_000, 3_000, 5_000, 10_000, 20_000],
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, publish: String(publish) },
      onProgress: (sent, total) => this.#progress(sent, total),
      onSuccess: () => this.#done(),
      onError: (failure) => this.#become('failed', words(failure)),
      onShouldRetry: (failure) => {
        const status = failure instanceof DetailedError ? (failure.originalResponse?.getStatus() ?? 0) : 0;
        return status === 0 || status === 409 || status === 423 || status === 429 || (status >= 500 && status !== 507);
      },
    });
    this.#draw();
  }

  async begin(): Promise<void> {
    this.#become('sending', 'Starting…');
    const [previous] = await this.#upload.findPreviousUploads();
    if (previous) this.#upload.resumeFromPreviousUpload(previous);
    this.#samples = [];
    if (this.state === 'sending') this.#upload.start();
  }

  toggle(): void {
    if (this.state === 'sending') {
      void this.#upload.abort();
      this.#become('paused', 'Paused');
    } else this.#become('waiting', 'Waiting for its turn');
  }

  async #abandon(): Promise<void> {
    if (this.state === 'done') return;
    // Asking the server to drop what it has may fail; it forgets unfinished uploads by itself in time.
    await this.#upload.abort(true).catch(() => {});
  }

  #done(): void {
    this.#become('done', 'Uploaded. Its progress is in the list below.');
    window.setTimeout(() => !this.element.contains(document.activeElement) && this.removed(this), 6_000);
  }

  #progress(sent: number, total: number): void {
    this.#bar.value = total > 0 ? sent / total : 0;
    const now = performance.now();
    this.#samples = [...this.#samples.filter(([time]) => now - time < 5_000), [now, sent]];
    const [time, from] = this.#samples[0]!;
    const speed = now > time ? ((sent - from) * 1000) / (now - time) : 0;
    const parts = [`${bytes(sent)} of ${bytes(total)}`];
    if (speed > 0) parts.push(`${bytes(speed)}/s`, remaining((total - sent) / speed));
    setText(this.#figures, parts.join(' · '));
  }

  #become(state: State, text: string): void {
    this.state = state;
    setText(this.#figures, text);
    this.#draw();
    this.changed();
  }

  #draw(): void {
    const [name, picture] = { sending: ['Pause', 'pause'], paused: ['Continue', 'play'], failed: ['Try again', 'retry'], waiting: ['Pause', 'pause'], done: ['', 'check'] }[this.state] as [string, string];
    this.element.dataset['state'] = this.state;
    this.#figures.setAttribute('role', this.state === 'failed' ? 'alert' : 'none');
    this.#toggle.hidden = this.state === 'done' || this.state === 'waiting';
    this.#toggle.setAttribute('aria-label', `${name} ${this.file.name}`);
    this.#toggle.title = name;
    setIcon(this.#toggle, picture);
    this.#bar.hidden = this.state === 'done';
  }
}

function words(failure: Error): string {
  const response = failure instanceof DetailedError ? failure.originalResponse : null;
  return wordsFor(response?.getStatus() ?? 0, parseProblem(response?.getBody() ?? ''));
}

/** The drop zone and the files under way, two at a time. */
export class Uploads {
  #sendings: Sending[] = [];
  readonly #list: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #publish: HTMLInputElement | null;

  constructor(private readonly root: HTMLElement) {
    this.#list = root.querySelector<HTMLElement>('[data-upload-list]')!;
    this.#input = root.querySelector<HTMLInputElement>('input[type=file]')!;
    this.#publish = root.querySelector<HTMLInputElement>('[data-upload-publish]');
    this.#input.addEventListener('change', () => {
      this.add([...(this.#input.files ?? [])]);
      this.#input.value = '';
    });
    this.#acceptDrops();
    window.addEventListener('beforeunload', (event) => this.#active.length > 0 && event.preventDefault());
  }

  get #active(): Sending[] {
    return this.#sendings.filter((sending) => sending.state === 'sending');
  }

  add(files: File[]): void {
    for (const file of files) {
      const sending = new Sending(file, this.#publish?.checked ?? false, () => this.#next(), (gone) => this.#remove(gone));
      this.#sendings.push(sending);
      this.#list.append(sending.element);
    }
    this.#list.hidden = this.#sendings.length === 0;
    this.#next();
  }

  #next(): void {
    const free = atOnce - this.#active.length;
    const waiting = this.#sendings.filter((sending) => sending.state === 'waiting');
    if (free > 0 && waiting[0]) void waiting[0].begin();
  }

  #remove(sending: Sending): void {
    this.#sendings = this.#sendings.filter((other) => other !== sending);
    sending.element.remove();
    this.#list.hidden = this.#sendings.length === 0;
    this.#next();
  }

  #acceptDrops(): void {
    let depth = 0;
    const isFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    document.addEventListener('dragenter', (event) => {
      if (isFiles(event)) this.root.classList.toggle('is-over', ++depth > 0);
    });
    document.addEventListener('dragleave', (event) => {
      if (isFiles(event)) this.root.classList.toggle('is-over', --depth > 0);
    });
    document.addEventListener('dragover', (event) => isFiles(event) && event.preventDefault());
    document.addEventListener('drop', (event) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      depth = 0;
      this.root.classList.remove('is-over');
      this.add([...(event.dataTransfer?.files ?? [])]);
    });
  }
}
