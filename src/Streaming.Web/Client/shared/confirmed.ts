import { setText } from './dom';

/** How long a button that cannot be undone waits for the second press, in milliseconds. */
const doubt = 5_000;

/** Acts at the second press: the first one turns the button into the question. */
export function confirmed(button: HTMLButtonElement, question: string, act: () => void): void {
  if (button.textContent === question) return act();
  const [words, label] = [button.textContent ?? '', button.getAttribute('aria-label') ?? ''];
  const ask = (text: string, name: string, danger: boolean): void => {
    setText(button, text);
    button.setAttribute('aria-label', name);
    button.classList.toggle('button-danger', danger);
  };
  ask(question, `${question} ${label}`, true);
  window.setTimeout(() => ask(words, label, false), doubt);
}
