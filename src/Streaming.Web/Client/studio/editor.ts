import { h, setText } from '../shared/dom';
import { call, wordsFor, type Answer } from '../shared/problems';

/** Saves the form as a new version, says in words what is wrong and where, and draws what viewers will see while one types. */
export class Editor {
  readonly #status: HTMLElement;
  readonly #conflict: HTMLElement;
  readonly #save: HTMLButtonElement;
  readonly #address: string;
  #version: number;
  #saved: string;
  #latest = 0;

  constructor(private readonly form: HTMLFormElement) {
    this.#address = form.dataset['address']!;
    this.#version = Number(form.dataset['version']);
    this.#status = form.querySelector<HTMLElement>('[data-status]')!;
    this.#conflict = form.querySelector<HTMLElement>('[data-conflict]')!;
    this.#save = form.querySelector<HTMLButtonElement>('button[type=submit]')!;
    this.#saved = this.#snapshot();
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.save();
    });
    form.addEventListener('input', (event) => {
      clearField((event.target as HTMLElement).getAttribute('name') ?? '', form);
      this.#changed();
    });
    window.addEventListener('beforeunload', (event) => this.dirty && event.preventDefault());
    document.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return;
      event.preventDefault();
      void this.save();
    });
    this.#conflict.querySelector('[data-keep-mine]')?.addEventListener('click', () => {
      this.#version = this.#latest;
      this.#conflict.hidden = true;
      void this.save();
    });
    this.#conflict.querySelector('[data-take-theirs]')?.addEventListener('click', () => this.#reload());
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-title-action]')) button.addEventListener('click', () => void this.#act(button));
    document.querySelector<HTMLInputElement>('input[data-artwork]')?.addEventListener('change', (event) => void this.#picture(event.target as HTMLInputElement));
    this.#changed();
  }

  get dirty(): boolean {
    return this.#snapshot() !== this.#saved;
  }

  async save(): Promise<boolean> {
    if (!this.dirty) return true;
    this.#save.disabled = true;
    setText(this.#status, 'Saving…');
    clearFields(this.form);
    const sent = this.#snapshot();
    const answer = await call('PUT', this.#address, JSON.parse(sent), { 'If-Match': `"${this.#version}"` });
    this.#save.disabled = false;
    if (!answer.ok) {
      this.#refused(answer);
      return false;
    }
    this.#saved = sent;
    // The new version comes in the ETag; without one it is the next number.
    this.#version = Number(/\d+/.exec(answer.etag ?? '')?.[0] ?? this.#version + 1);
    this.#conflict.hidden = true;
    this.#changed();
    setText(this.#status, `Saved as version ${this.#version}`);
    this.#tellVersion();
    return true;
  }

  /** What the server would draw after a reload, without taking the place and the focus away from whoever types. */
  #tellVersion(): void {
    const publish = document.querySelector<HTMLButtonElement>('[data-title-action=publish]');
    if (publish?.hasAttribute('data-published')) {
      publish.hidden = false;
      setText(publish, `Publish version ${this.#version}`);
    }
    document.querySelector('[data-history]')?.prepend(h('li', {}, h('p', {}, h('strong', {}, `Version ${this.#version}`)), h('p', { class: 'small faint' }, 'You, just now')));
  }

  #refused(answer: Answer): void {
    if (answer.status === 412) {
      this.#latest = Number(answer.problem?.currentVersion ?? this.#version + 1);
      setText(this.#conflict.querySelector('[data-latest]')!, String(this.#latest));
      setText(this.#status, 'Not saved');
      this.#conflict.hidden = false;
      this.#conflict.querySelector<HTMLElement>('button')?.focus();
      return;
    }
    const errors = Object.entries(answer.problem?.errors ?? {});
    const unplaced = errors.filter(([name, messages]) => !showField(this.form, name, messages.join(' '))).map(([, messages]) => messages.join(' '));
    const placed = errors.length - unplaced.length;
    setText(this.#status, unplaced.join(' ') || (placed > 0 ? 'Not saved: see the marked fields' : wordsFor(answer.status, answer.problem)));
    this.form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }

  async #act(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    if (!(await this.save())) {
      button.disabled = false;
      return;
    }
    const answer = await call('POST', `${this.#address}/${button.dataset['titleAction']}`, undefined, { 'If-Match': `"${this.#version}"` });
    if (answer.ok) return this.#reload();
    button.disabled = false;
    setText(this.#status, answer.status === 412 ? 'Somebody changed this title meanwhile. Reload to see it first.' : wordsFor(answer.status, answer.problem));
  }

  /** A picture is a version of its own, so what was typed is saved first. */
  async #picture(input: HTMLInputElement): Promise<void> {
    const [file] = input.files ?? [];
    input.value = '';
    if (!file || !(await this.save())) return;
    setText(this.#status, 'Sending the picture…');
    const answer = await call('PUT', `${this.#address}/artwork`, file, { 'If-Match': `"${this.#version}"`, 'Content-Type': file.type });
    if (answer.ok) this.#reload();
    else setText(this.#status, Object.values(answer.problem?.errors ?? {}).flat().join(' ') || wordsFor(answer.status, answer.problem));
  }

  #reload(): void {
    this.#saved = this.#snapshot();
    location.reload();
  }

  #changed(): void {
    const dirty = this.dirty;
    this.#save.disabled = !dirty;
    setText(this.#status, dirty ? 'Not saved yet' : '');
    preview(JSON.parse(this.#snapshot()) as Metadata);
  }

  #snapshot(): string {
    const data = new FormData(this.form);
    const text = (name: string): string => String(data.get(name) ?? '').trim();
    const list = (name: string, separator: RegExp): string[] => text(name).split(separator).map((part) => part.trim()).filter(Boolean);
    const time = (name: string): string | undefined => (text(name) ? new Date(`${text(name)}Z`).toISOString() : undefined);
    const metadata: Metadata = {
      name: text('name'),
      synopsis: text('synopsis'),
      year: text('year') ? Number(text('year')) : undefined,
      genres: list('genres', /,/).map((genre) => genre.toLowerCase()),
      cast: list('cast', /[\n,]/),
      maturity: Number(text('maturity')),
      availableFrom: time('availableFrom'),
      availableUntil: time('availableUntil'),
    };
    return JSON.stringify(metadata);
  }
}

interface Metadata {
  name: string;
  synopsis: string;
  year: number | undefined;
  genres: string[];
  cast: string[];
  maturity: number;
  availableFrom: string | undefined;
  availableUntil: string | undefined;
}

function preview(metadata: Metadata): void {
  const show = (name: string, text: string): void => document.querySelectorAll(`[data-preview-${name}]`).forEach((element) => setText(element, text));
  show('name', metadata.name || 'Untitled');
  show('synopsis', metadata.synopsis);
  show('year', metadata.year ? String(metadata.year) : '');
  show('maturity', metadata.maturity === 0 ? 'All ages' : `${metadata.maturity}+`);
  show('genres', metadata.genres.map((genre) => genre.charAt(0).toUpperCase() + genre.slice(1)).join(', '));
  show('cast', metadata.cast.slice(0, 4).join(', '));
}

function showField(form: HTMLFormElement, name: string, message: string): boolean {
  const input = form.querySelector<HTMLElement>(`[name="${CSS.escape(name.split(/[.[]/)[0]!)}"]`);
  const place = input && document.getElementById(`${input.id}-error`);
  if (!input || !place) return false;
  input.setAttribute('aria-invalid', 'true');
  place.replaceChildren(h('span', {}, message));
  return true;
}

function clearField(name: string, form: HTMLFormElement): void {
  const input = name ? form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"][aria-invalid]`) : null;
  input?.removeAttribute('aria-invalid');
  if (input) document.getElementById(`${input.id}-error`)?.replaceChildren();
}

function clearFields(form: HTMLFormElement): void {
  for (const input of form.querySelectorAll('[aria-invalid]')) clearField(input.getAttribute('name') ?? '', form);
}
