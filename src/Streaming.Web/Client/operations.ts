const every = 10_000;

/** Asks for the page again and puts what is true now in the place of what was, unless somebody has the focus in it or looks away. */
async function refresh(): Promise<void> {
  const shown = document.querySelector('[data-live]');
  if (!shown || document.hidden || shown.contains(document.activeElement)) return;
  try {
    const response = await fetch(location.href, { signal: AbortSignal.timeout(every) });
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    const now = fresh.querySelector('[data-live]');
    if (!now) return;
    shown.replaceWith(document.adoptNode(now));
    document.title = fresh.title;
  } catch {
    // Out of reach for the moment: the time under the heading says how old this is.
  }
}

window.setInterval(() => void refresh(), every);
document.addEventListener('visibilitychange', () => void refresh());
