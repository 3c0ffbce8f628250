import { h, icon, setIcon, setText } from '../shared/dom';
import { clock } from '../shared/format';
import { Announcer, Menu, type MenuItem } from './menu';
import { shortcuts } from './keyboard';
import type { Player } from './player';
import { SeekBar } from './seekbar';
import { ThumbnailTrack } from './thumbnails';

const hideAfter = 3_000;

/** Everything drawn over the picture: the title above, one bar below, gone after 3 s of quiet. */
export class Controls {
  readonly announcer = new Announcer();
  readonly menus: Menu[];
  readonly #help: HTMLDialogElement;
  readonly #seek: SeekBar;
  readonly #play: HTMLButtonElement;
  readonly #start: HTMLButtonElement;
  readonly #mute: HTMLButtonElement;
  readonly #volume: HTMLInputElement;
  readonly #fullscreen: HTMLButtonElement;
  readonly #time = h('span', { class: 'player-time numbers' });
  readonly #spinner = h('div', { class: 'player-spinner', hidden: true, role: 'status', 'aria-label': 'Loading' });
  /** How things were when the pointer went down: by the time it is up, its own movement has woken the controls. */
  #pressed = { quiet: false, menu: false };
  #hideTimer = 0;
  #spinnerTimer = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly player: Player,
  ) {
    const { session, video } = player;
    this.#seek = new SeekBar(player, new ThumbnailTrack(session.thumbnails));
    this.#play = button('Play', 'play', () => player.togglePlay());
    this.#start = h('button', { type: 'button', class: 'player-start', 'aria-label': `Play ${session.title}`, hidden: true, onclick: () => player.togglePlay() }, icon('play'));
    this.#mute = button('Sound off', 'volume', () => player.toggleMute());
    this.#volume = h('input', { type: 'range', class: 'player-volume', min: 0, max: 1, step: 0.05, 'aria-label': 'Volume', oninput: () => player.setVolume(Number(this.#volume.value)) });
    this.#fullscreen = button('Full screen', 'fullscreen', () => player.toggleFullscreen());
    this.menus = [
      new Menu('audio', 'Audio', 'audio', () => this.#audioItems()),
      new Menu('subtitles', 'Subtitles', 'subtitles', () => this.#subtitleItems()),
      new Menu('quality', 'Quality', 'quality', () => this.#qualityItems()),
    ];
    this.#help = this.#helpDialog();

    const next = session.next && h('a', { class: 'icon-button', href: session.next.href, 'aria-label': `Next episode: ${session.next.label}`, title: `Next: ${session.next.label}` }, icon('next'));
    const [audio, subtitles, quality] = this.menus as [Menu, Menu, Menu];
    const bar = h(
      'div',
      { class: 'player-bar', role: 'group', 'aria-label': 'Player controls' },
      this.#seek.element,
      h(
        'div',
        { class: 'player-buttons' },
        h(
          'div',
          { class: 'player-transport' },
          this.#play,
          button('Back 10 seconds', 'back-10', () => player.skip(-10), 'player-back'),
          button('Forward 10 seconds', 'forward-10', () => player.skip(10), 'player-forward'),
        ),
        h('div', { class: 'player-sound' }, this.#mute, this.#volume),
        this.#time,
        h('span', { class: 'player-gap' }),
        next,
        audio.element,
        subtitles.element,
        quality.element,
        button('Keyboard shortcuts', 'help', () => this.toggleHelp(), 'player-help-button'),
        this.#fullscreen,
      ),
    );
    root.append(this.#spinner, this.#start, bar, this.announcer.element, this.#help);
    this.#listen(video);
    this.refresh();
    this.refreshTracks();
  }

  /** True when something was open and is closed now. */
  closeOpen(focusButton = true): boolean {
    const open = this.menus.find((menu) => menu.isOpen);
    open?.close(focusButton);
    return open !== undefined;
  }

  toggleHelp(): void {
    if (this.#help.open) this.#help.close();
    else this.#help.showModal();
  }

  wake(): void {
    this.root.classList.remove('is-quiet');
    clearTimeout(this.#hideTimer);
    this.#hideTimer = window.setTimeout(() => this.#quiet(), hideAfter);
  }

  refresh(): void {
    const { video, duration, position } = this.player;
    const stopped = video.paused || video.ended;
    label(this.#play, stopped ? 'Play' : 'Pause', stopped ? 'play' : 'pause');
    const silent = video.muted || video.volume === 0;
    label(this.#mute, silent ? 'Sound on' : 'Sound off', silent ? 'muted' : 'volume');
    const volume = silent ? 0 : video.volume;
    this.#volume.value = String(volume);
    this.#volume.setAttribute('aria-valuetext', `${Math.round(volume * 100)} %`);
    this.#volume.style.setProperty('--share', `${volume * 100}%`);
    const full = document.fullscreenElement !== null;
    label(this.#fullscreen, full ? 'Leave full screen' : 'Full screen', full ? 'fullscreen-exit' : 'fullscreen');
    const long = duration >= 3600;
    setText(this.#time, `${clock(position, long)} / ${clock(duration, long)}`);
    this.#seek.update();
  }

  refreshTracks(): void {
    const { engine } = this.player;
    const [audio, subtitles, quality] = this.menus as [Menu, Menu, Menu];
    audio.element.hidden = (engine?.audios.length ?? 0) < 2;
    subtitles.element.hidden = (engine?.subtitles.length ?? 0) === 0;
    quality.element.hidden = (engine?.qualities.length ?? 0) < 2;
    subtitles.element.classList.toggle('is-on', (engine?.subtitle ?? -1) >= 0);
  }

  askForClick(): void {
    this.#start.hidden = false;
    this.#start.focus();
  }

  #listen(video: HTMLVideoElement): void {
    for (const name of ['play', 'pause', 'ended', 'volumechange', 'timeupdate', 'progress', 'durationchange', 'seeking', 'seeked']) video.addEventListener(name, () => this.refresh());
    video.addEventListener('play', () => ((this.#start.hidden = true), this.wake()));
    video.addEventListener('pause', () => this.wake());
    for (const name of ['waiting', 'seeking', 'loadstart']) video.addEventListener(name, () => this.#busy());
    for (const name of ['playing', 'seeked', 'error', 'ended', 'canplay']) video.addEventListener(name, () => this.#idle());
    document.addEventListener('fullscreenchange', () => this.refresh());
    for (const name of ['pointermove', 'keydown', 'focusin']) this.root.addEventListener(name, () => this.wake());
    document.addEventListener('keydown', () => this.wake());
    // A finger leaves with every lift, before the click that it makes.
    this.root.addEventListener('pointerleave', (event) => event.pointerType === 'touch' || this.#quiet());
    video.addEventListener('pointerdown', () => (this.#pressed = { quiet: this.root.classList.contains('is-quiet'), menu: this.menus.some((menu) => menu.isOpen) }));
    video.addEventListener('pointerup', (event) => this.#tap(event));
    // Or the click that a browser makes of a tap would land on what the tap has just brought up.
    video.addEventListener('touchend', (event) => event.cancelable && event.preventDefault());
    video.addEventListener('dblclick', () => this.player.toggleFullscreen());
  }

  /** With a mouse a click plays or pauses; a finger first asks for the controls. Beside an open menu either only closes it. */
  #tap(event: PointerEvent): void {
    if (event.button !== 0 || this.#pressed.menu) return;
    if (event.pointerType === 'mouse') this.player.togglePlay();
    else if (this.#pressed.quiet) this.wake();
    else this.#quiet();
  }

  #quiet(): void {
    const { video } = this.player;
    const inUse = this.menus.some((menu) => menu.isOpen) || this.#seek.dragging || this.#help.open || this.player.interrupted;
    if (!video.paused && !video.ended && !inUse) this.root.classList.add('is-quiet');
  }

  #busy(): void {
    clearTimeout(this.#spinnerTimer);
    this.#spinnerTimer = window.setTimeout(() => (this.#spinner.hidden = this.player.video.paused && !this.player.video.seeking), 300);
  }

  #idle(): void {
    clearTimeout(this.#spinnerTimer);
    this.#spinner.hidden = true;
  }

  #qualityItems(): MenuItem[] {
    const engine = this.player.engine!;
    const current = engine.level ? `now ${engine.level.name}` : undefined;
    const automatic = { label: 'Auto', detail: engine.quality < 0 ? current : undefined, checked: engine.quality < 0, choose: () => this.player.chooseQuality(-1, 'Auto') };
    return [automatic, ...engine.qualities.map(({ id, label: name, detail }) => ({ label: name, detail, checked: engine.quality === id, choose: () => this.player.chooseQuality(id, name) }))];
  }

  #audioItems(): MenuItem[] {
    const engine = this.player.engine!;
    return engine.audios.map(({ id, label: name }) => ({ label: name, checked: engine.audio === id, choose: () => this.player.chooseAudio(id, name) }));
  }

  #subtitleItems(): MenuItem[] {
    const engine = this.player.engine!;
    const off = { label: 'Off', checked: engine.subtitle < 0, choose: () => this.player.chooseSubtitle(-1, 'Off') };
    return [off, ...engine.subtitles.map(({ id, label: name }) => ({ label: name, checked: engine.subtitle === id, choose: () => this.player.chooseSubtitle(id, name) }))];
  }

  #helpDialog(): HTMLDialogElement {
    const rows = shortcuts.flatMap(([keys, does]) => [h('dt', {}, ...keys.split(', ').map((key) => h('kbd', {}, key))), h('dd', {}, does)]);
    const close = h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => dialog.close() }, icon('close'));
    const dialog = h('dialog', { class: 'player-help', 'aria-labelledby': 'help-title' }, h('header', {}, h('h2', { id: 'help-title' }, 'Keyboard shortcuts'), close), h('dl', {}, ...rows));
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    return dialog;
  }
}

function button(name: string, picture: string, press: () => void, extra = ''): HTMLButtonElement {
  return h('button', { type: 'button', class: `icon-button ${extra}`.trim(), 'aria-label': name, title: name, onclick: press }, icon(picture));
}

function label(element: HTMLElement, name: string, picture: string): void {
  if (element.getAttribute('aria-label') === name) return;
  element.setAttribute('aria-label', name);
  element.title = name;
  setIcon(element, picture);
}
