type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;
type Child = Node | string | null | undefined | false;

/** Makes an element: attributes by name, `on…` functions as listeners, strings as text (never as markup). */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child instanceof Node || typeof child === 'string'));
  return element;
}

const svg = 'http://www.w3.org/2000/svg';

export function icon(name: string): SVGSVGElement {
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('class', 'icon');
  picture.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(svg, 'use');
  picture.append(use);
  setIcon(picture, name);
  return picture;
}

export function setIcon(picture: Element, name: string): void {
  picture.querySelector('use')?.setAttribute('href', `${document.documentElement.dataset['icons'] ?? '/assets/icons.svg'}#${name}`);
}

/** Sets text only when it changed, so that a live region is not read out again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function readJson<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}
