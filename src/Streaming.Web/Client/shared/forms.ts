/** Small manners of ordinary forms; everything works without them. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-once]')) {
  // A second press while the first is on its way would make a second account or profile.
  form.addEventListener('submit', () => {
    const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
    window.setTimeout(() => button?.setAttribute('disabled', ''), 0);
  });
}
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('form[data-once] button[type=submit]')) button.removeAttribute('disabled');
});

// A refused form comes back as a new page, which would be empty: what was typed waits in this tab, never a password.
const typed = 'streaming.typed';
const texts = (form: HTMLFormElement): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>('input[name]')].filter((input) => (input.type === 'text' || input.type === 'email') && !input.closest('.password'));
try {
  const kept = JSON.parse(sessionStorage.getItem(typed) ?? '{}') as Record<string, string>;
  sessionStorage.removeItem(typed);
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-keep]')) {
    form.addEventListener('submit', () => sessionStorage.setItem(typed, JSON.stringify(Object.fromEntries(texts(form).map(({ name, value }) => [name, value])))));
    if (new URLSearchParams(location.search).has('error')) for (const input of texts(form)) input.value = kept[input.name] ?? input.value;
  }
} catch {
  // Storage is denied; the form then comes back as the server has it.
}

document.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-reveal]')) {
  const input = document.getElementById(button.dataset['reveal'] ?? '') as HTMLInputElement | null;
  button.addEventListener('click', () => {
    if (!input) return;
    const shown = input.type === 'text';
    input.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
  });
}

for (const details of document.querySelectorAll<HTMLDetailsElement>('details[data-menu]')) {
  document.addEventListener('click', (event) => !details.contains(event.target as Node) && (details.open = false));
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    details.open = false;
    details.querySelector('summary')?.focus();
  });
}

for (const image of document.querySelectorAll<HTMLImageElement>('.art > img')) {
  // A missing file shows the drawn title below it instead of a torn picture.
  if (image.complete && image.naturalWidth === 0) image.remove();
  else image.addEventListener('error', () => image.remove());
}
