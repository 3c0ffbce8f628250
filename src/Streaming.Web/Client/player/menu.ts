import { h, icon, setText } from '../shared/dom';

export interface MenuItem {
  label: string;
  detail?: string | undefined;
  checked: boolean;
  choose(): void;
}

/** A button that opens a small sheet of radio items; arrow keys move, Enter chooses, Escape goes back to the button. */
export class Menu {
  readonly button: HTMLButtonElement;
  readonly element: HTMLElement;
  readonly #sheet: HTMLElement;
  readonly #list: HTMLElement;

  constructor(
    name: string,
    label: string,
    iconName: string,
    private readonly items: () => MenuItem[],
  ) {
    const id = `menu-${name}`;
    this.button = h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-controls': id, onclick: () => this.toggle() }, icon(iconName));
    this.#list = h('div', { role: 'menu', 'aria-label': label, id });
    this.#sheet = h('div', { class: 'player-sheet', hidden: true }, h('p', { class: 'player-sheet-title', 'aria-hidden': 'true' }, label), this.#list);
    this.element = h('div', { class: `player-menu player-menu-${name}` }, this.button, this.#sheet);
    this.#sheet.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('focusout', (event) => {
      if (this.isOpen && event.relatedTarget instanceof Node && !this.element.contains(event.relatedTarget)) this.close(false);
    });
    document.addEventListener('pointerdown', (event) => {
      if (this.isOpen && !this.element.contains(event.target as Node)) this.close(false);
    });
  }

  get isOpen(): boolean {
    return !this.#sheet.hidden;
  }

  toggle(): void {
    if (this.isOpen) this.close(true);
    else this.open();
  }

  open(): void {
    this.#render();
    this.#sheet.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    (this.#list.querySelector<HTMLElement>('[aria-checked=true]') ?? (this.#list.firstElementChild as HTMLElement | null))?.focus();
  }

  close(focusButton: boolean): void {
    this.#sheet.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    if (focusButton) this.button.focus();
  }

  #render(): void {
    this.#list.replaceChildren(
      ...this.items().map((item) => {
        const entry = h('button', { type: 'button', role: 'menuitemradio', 'aria-checked': String(item.checked), tabindex: -1, class: 'player-choice' }, icon('check'), h('span', {}, item.label));
        if (item.detail) entry.append(h('span', { class: 'player-choice-detail numbers' }, item.detail));
        entry.addEventListener('click', () => {
          item.choose();
          this.close(true);
        });
        return entry;
      }),
    );
  }

  #key(event: KeyboardEvent): void {
    const entries = [...this.#list.children] as HTMLElement[];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key];
    event.stopPropagation();
    if (event.key === 'Escape') this.close(true);
    else if (event.key === 'Tab') return;
    else if (next !== undefined) entries[next % entries.length]?.focus();
    else return;
    event.preventDefault();
  }
}

/** A polite live region: says what a key or a menu just did. */
export class Announcer {
  readonly element = h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });

  say(text: string): void {
    // The same sentence twice in a row must be read twice, so it has to differ.
    setText(this.element, this.element.textContent === text ? `${text}\u00a0` : text);
  }
}
