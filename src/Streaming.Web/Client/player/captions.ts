import { h } from '../shared/dom';

/** Draws the active cues of the hidden text track itself, so that they rise above the controls and look alike in every browser. */
export class Captions {
  readonly element = h('div', { class: 'captions', 'aria-hidden': 'true' });
  #track: TextTrack | null = null;

  constructor(private readonly video: HTMLVideoElement) {
    for (const name of ['change', 'addtrack', 'removetrack']) video.textTracks.addEventListener(name, () => this.#follow());
  }

  #follow(): void {
    const track = [...this.video.textTracks].find((candidate) => candidate.mode === 'hidden' && candidate.kind !== 'metadata') ?? null;
    if (track === this.#track) return;
    this.#track?.removeEventListener('cuechange', this.#draw);
    this.#track = track;
    track?.addEventListener('cuechange', this.#draw);
    this.#draw();
  }

  readonly #draw = (): void => {
    const cues = [...(this.#track?.activeCues ?? [])] as VTTCue[];
    this.element.replaceChildren(
      ...cues.map((cue) => {
        const line = h('span');
        line.append(cue.getCueAsHTML());
        return h('p', {}, line);
      }),
    );
  };
}
