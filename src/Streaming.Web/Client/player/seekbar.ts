import { clock, spoken } from '../shared/format';
import { h } from '../shared/dom';
import { drawThumbnail, type ThumbnailTrack } from './thumbnails';

export interface SeekTarget {
  readonly position: number;
  readonly duration: number;
  readonly buffered: TimeRanges;
  seek(seconds: number): void;
}

/** The time line: what is buffered, what was played, a preview under the pointer; a slider to assistive technology. */
export class SeekBar {
  readonly element: HTMLElement;
  readonly #played = h('div', { class: 'seek-played' });
  readonly #buffered = h('div', { class: 'seek-buffered' });
  readonly #pointer = h('div', { class: 'seek-pointer' });
  readonly #knob = h('div', { class: 'seek-knob' });
  readonly #picture = h('div', { class: 'seek-picture' }, h('img', { alt: '' }));
  readonly #time = h('span', { class: 'seek-time numbers' });
  readonly #preview = h('div', { class: 'seek-preview', hidden: true }, this.#picture, this.#time);
  #dragging: number | null = null;

  constructor(
    private readonly target: SeekTarget,
    private readonly thumbnails: ThumbnailTrack,
  ) {
    this.element = h(
      'div',
      { class: 'seek', role: 'slider', tabindex: 0, 'aria-label': 'Seek', 'aria-valuemin': 0, 'aria-valuemax': 0, 'aria-valuenow': 0 },
      h('div', { class: 'seek-track' }, this.#buffered, this.#pointer, this.#played),
      this.#knob,
      this.#preview,
    );
    this.#picture.hidden = true;
    this.element.addEventListener('pointerdown', (event) => this.#start(event));
    this.element.addEventListener('pointermove', (event) => this.#move(event));
    this.element.addEventListener('pointerup', (event) => this.#finish(event));
    this.element.addEventListener('pointercancel', () => this.#cancel());
    this.element.addEventListener('pointerleave', () => this.#dragging === null && this.#hidePreview());
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  get dragging(): boolean {
    return this.#dragging !== null;
  }

  update(): void {
    const { duration, buffered } = this.target;
    const position = this.#dragging ?? this.target.position;
    const share = duration > 0 ? Math.min(1, position / duration) : 0;
    this.#played.style.transform = `scaleX(${share})`;
    this.#knob.style.left = `${share * 100}%`;
    this.#buffered.replaceChildren(
      ...Array.from({ length: buffered.length }, (_, index) => {
        const range = h('i');
        range.style.left = `${(buffered.start(index) / duration) * 100}%`;
        range.style.width = `${((buffered.end(index) - buffered.start(index)) / duration) * 100}%`;
        return range;
      }),
    );
    this.element.setAttribute('aria-valuemax', String(Math.floor(duration)));
    this.element.setAttribute('aria-valuenow', String(Math.floor(position)));
    this.element.setAttribute('aria-valuetext', `${spoken(position)} of ${spoken(duration)}`);
  }

  #timeAt(event: PointerEvent): number {
    const box = this.element.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * this.target.duration;
  }

  #start(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.#dragging = this.#timeAt(event);
    this.element.classList.add('is-dragging');
    this.#move(event);
  }

  #move(event: PointerEvent): void {
    const time = this.#timeAt(event);
    if (this.#dragging !== null) {
      this.#dragging = time;
      this.update();
    }
    void this.thumbnails.load().then(() => this.#showPreview(time));
    this.#showPreview(time);
  }

  #finish(event: PointerEvent): void {
    if (this.#dragging === null) return;
    const time = this.#timeAt(event);
    this.#cancel();
    this.target.seek(time);
    if (event.pointerType !== 'mouse') this.#hidePreview();
  }

  #cancel(): void {
    this.#dragging = null;
    this.element.classList.remove('is-dragging');
  }

  #showPreview(time: number): void {
    const { duration } = this.target;
    if (duration <= 0) return;
    this.#preview.hidden = false;
    this.#time.textContent = clock(time, duration >= 3600);
    const width = this.element.clientWidth;
    const thumbnail = this.thumbnails.at(time);
    const pictureWidth = Math.min(200, Math.max(140, width * 0.2));
    this.#picture.hidden = !thumbnail;
    if (thumbnail) drawThumbnail(this.#picture, thumbnail, pictureWidth);
    const half = (thumbnail ? pictureWidth : 64) / 2;
    const x = (time / duration) * width;
    this.#preview.style.transform = `translateX(${Math.min(width - half, Math.max(half, x))}px) translateX(-50%)`;
    this.#pointer.style.transform = `scaleX(${time / duration})`;
  }

  #hidePreview(): void {
    this.#preview.hidden = true;
    this.#pointer.style.transform = 'scaleX(0)';
  }

  #key(event: KeyboardEvent): void {
    const steps: Record<string, () => number> = {
      Home: () => 0,
      End: () => this.target.duration - 1,
      PageUp: () => this.target.position + 60,
      PageDown: () => this.target.position - 60,
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.target.seek(step());
  }
}
