import { h, icon } from '../shared/dom';
import type { Session } from './session';

const countdownSeconds = 8;

/** After the last frame: the next episode by itself in 8 s, unless the viewer says otherwise; else watch again or go back. */
export class EndPanel {
  readonly element = h('div', { class: 'player-panel player-end', hidden: true });
  #timer = 0;

  constructor(
    private readonly session: Session,
    private readonly again: () => void,
  ) {}

  show(): void {
    const { next, back } = this.session;
    const again = h('button', { type: 'button', class: 'button button-glass', onclick: () => this.again() }, icon('retry'), 'Watch again');
    const leave = h('a', { class: 'button button-glass', href: back }, icon('arrow-left'), 'Back to the title');
    if (next) {
      const count = h('span', { class: 'numbers' }, String(countdownSeconds));
      const text = h('p', { class: 'soft' }, 'Starts in ', count, ' seconds');
      const stay = h('button', { type: 'button', class: 'button button-glass', onclick: () => this.#stay(text, stay) }, 'Stay here');
      const go = h('a', { class: 'button button-light', href: next.href }, icon('play'), 'Play now');
      this.element.replaceChildren(h('p', { class: 'small soft' }, 'Next episode'), h('h2', {}, next.label), text, h('div', { class: 'player-panel-actions' }, go, stay, again));
      this.#countDown(count, next.href);
      this.element.hidden = false;
      go.focus();
    } else {
      this.element.replaceChildren(h('h2', {}, this.session.title), h('p', { class: 'soft' }, 'That was it.'), h('div', { class: 'player-panel-actions' }, again, leave));
      this.element.hidden = false;
      again.focus();
    }
  }

  hide(): void {
    clearInterval(this.#timer);
    this.element.hidden = true;
  }

  #countDown(count: HTMLElement, href: string): void {
    let left = countdownSeconds;
    clearInterval(this.#timer);
    this.#timer = window.setInterval(() => {
      count.textContent = String(--left);
      if (left > 0) return;
      clearInterval(this.#timer);
      location.href = href;
    }, 1_000);
  }

  #stay(text: HTMLElement, button: HTMLElement): void {
    clearInterval(this.#timer);
    text.remove();
    button.remove();
  }
}
