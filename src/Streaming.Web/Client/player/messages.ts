import { h, icon } from '../shared/dom';
import type { Trouble } from './engine';

interface Words {
  title: string;
  text: string;
  action: 'retry' | 'reload' | 'back';
}

const words: Record<Trouble, Words> = {
  gone: { title: 'This title is not here any more', text: 'It may have been taken down or replaced while you were watching.', action: 'back' },
  expired: { title: 'Your viewing link has run out', text: 'Reload to get a new one. You will continue where you were.', action: 'reload' },
  unreachable: { title: 'We cannot reach the server', text: 'Check your connection. Playback continues by itself as soon as it is back.', action: 'retry' },
  undecodable: { title: 'This video cannot be played here', text: 'Your browser gave up decoding it. Reloading often helps; if not, try another browser.', action: 'reload' },
  unsupported: { title: 'This browser cannot play this video', text: 'Use a current version of Chrome, Edge, Firefox or Safari.', action: 'back' },
};

const actions = { retry: ['retry', 'Try again'], reload: ['retry', 'Reload'], back: ['arrow-left', 'Back to the title'] } as const;

/** What went wrong and what to do about it, over the picture. */
export class TroublePanel {
  readonly element = h('div', { class: 'player-panel', role: 'alert', hidden: true });

  constructor(
    private readonly back: string,
    private readonly retry: () => void,
  ) {}

  show(kind: Trouble, code: string): void {
    const { title, text, action } = words[kind];
    const [picture, label] = actions[action];
    const button = h('button', { type: 'button', class: 'button button-light', onclick: () => this.#act(action) }, icon(picture), label);
    this.element.replaceChildren(h('h2', {}, title), h('p', { class: 'soft' }, text), h('div', { class: 'player-panel-actions' }, button), h('p', { class: 'small faint' }, `Code: ${code}`));
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  #act(action: Words['action']): void {
    if (action === 'retry') this.retry();
    else if (action === 'reload') location.reload();
    else location.href = this.back;
  }
}
