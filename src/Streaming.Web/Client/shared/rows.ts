/** Rows scroll by buttons and by arrow keys; one Tab stop a row keeps a long home page short for the keyboard. */
for (const row of document.querySelectorAll<HTMLElement>('[data-row]')) {
  const list = row.querySelector<HTMLElement>('[data-row-list]');
  if (!list) continue;
  const links = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('a[href]')];
  const previous = row.querySelector<HTMLButtonElement>('[data-row-previous]');
  const next = row.querySelector<HTMLButtonElement>('[data-row-next]');

  links().forEach((link, index) => (link.tabIndex = index === 0 ? 0 : -1));

  const page = (direction: 1 | -1): void => list.scrollBy({ left: direction * list.clientWidth * 0.85, behavior: 'smooth' });
  previous?.addEventListener('click', () => page(-1));
  next?.addEventListener('click', () => page(1));

  const refresh = (): void => {
    previous?.toggleAttribute('disabled', list.scrollLeft < 8);
    next?.toggleAttribute('disabled', list.scrollLeft > list.scrollWidth - list.clientWidth - 8);
    row.classList.toggle('is-scrollable', list.scrollWidth > list.clientWidth + 8);
  };
  list.addEventListener('scroll', refresh, { passive: true });
  new ResizeObserver(refresh).observe(list);

  const focus = (link: HTMLElement | undefined): void => {
    if (!link) return;
    for (const other of links()) other.tabIndex = other === link ? 0 : -1;
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'smooth' });
  };

  list.addEventListener('keydown', (event) => {
    const all = links();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    if (event.key === 'ArrowRight') focus(all[at + 1]);
    else if (event.key === 'ArrowLeft') focus(all[at - 1]);
    else if (event.key === 'Home') focus(all[0]);
    else if (event.key === 'End') focus(all.at(-1));
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') focusRow(row, event.key === 'ArrowDown' ? 1 : -1);
    else return;
    event.preventDefault();
  });
}

function focusRow(from: HTMLElement, step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const target = rows[rows.indexOf(from) + step]?.querySelector<HTMLElement>('a[href][tabindex="0"]');
  if (target) {
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: 'center', behavior: 'smooth' });
  } else if (step < 0) document.querySelector<HTMLElement>('[data-hero] a')?.focus();
}
