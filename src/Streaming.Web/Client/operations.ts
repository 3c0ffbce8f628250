import 'uplot/dist/uPlot.min.css';
import { setIcon, setText } from './shared/dom';
import { Alerts } from './operations/alerts';
import { Chart } from './operations/chart';
import { clockTime } from './operations/format';
import { Live } from './operations/live';
import { Panel } from './operations/panel';
import { Tile } from './operations/tile';

const deck = document.querySelector<HTMLElement>('[data-deck]')!;
const part = <T extends HTMLElement = HTMLElement>(name: string): T => deck.querySelector<T>(`[data-${name}]`)!;
const all = (name: string): HTMLElement[] => [...deck.querySelectorAll<HTMLElement>(`[data-${name}]`)];

const tiles = all('tile').map((root) => new Tile(root));
const charts = all('chart').map((root) => new Chart(root));
const panels = all('panel').map((root) => new Panel(root));
const alerts = new Alerts(part('alerts'), part('over'), (key) => {
  panels.find((panel) => panel.key === key)?.open();
  draw();
});
const [headline, state, offline, pause] = [part('headline'), part('state'), part('offline'), part<HTMLButtonElement>('pause')];
const ranges = [...deck.querySelectorAll<HTMLButtonElement>('[data-minutes]')];
let isPaused = false;
let lostAt: number | null = null;

/** Everything from the store; at most once a frame, and nothing that nobody sees. */
let asked = false;
function draw(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    const { store } = live;
    if (store.at === 0) return;
    deck.dataset['level'] = store.alerts.some((alert) => alert.level === 'failure') ? 'failure' : store.alerts.length > 0 ? 'attention' : 'well';
    setText(headline, store.headline);
    alerts.draw(store);
    for (const panel of panels) panel.draw(store);
    if (isPaused || document.hidden) return;
    for (const tile of tiles) tile.draw(store);
    for (const chart of charts) chart.draw(store);
    setText(state, lostAt === null ? `Live · ${clockTime(store.at)}${store.at - store.began < store.minutes * 60 ? ` · recorded since ${clockTime(store.began)}` : ''}` : `As of ${clockTime(store.at)}`);
  });
}

function changed(): void {
  // The tab tells it too, also while another one is looked at.
  const title = `${live.store.alerts.length > 0 ? '● ' : ''}${live.store.headline} · Operations`;
  if (document.title !== title) document.title = title;
  draw();
}

function connection(at: number | null): void {
  lostAt = at;
  deck.classList.toggle('is-stale', at !== null);
  offline.hidden = at === null;
  if (at !== null) setText(offline.querySelector('span')!, `Not connected since ${clockTime(at / 1000)}. What is shown is from then; the page tries again by itself.`);
  draw();
}

const live = new Live(changed, connection);

for (const button of ranges)
  button.addEventListener('click', async () => {
    for (const other of ranges) other.setAttribute('aria-pressed', String(other === button));
    if (isPaused) resume(false);
    await live.load(Number(button.dataset['minutes']));
  });

function resume(paused: boolean): void {
  isPaused = paused;
  pause.setAttribute('aria-pressed', String(paused));
  setText(pause.querySelector('span')!, paused ? 'Go on' : 'Pause');
  setIcon(pause, paused ? 'play' : 'pause');
  if (paused) setText(state, `Charts paused at ${clockTime(live.store.at)}`);
  draw();
}

pause.addEventListener('click', () => resume(!isPaused));
deck.addEventListener('deck:redraw', draw);
document.addEventListener('visibilitychange', draw);
