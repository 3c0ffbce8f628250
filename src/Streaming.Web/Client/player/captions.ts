import { h } from '../shared/dom';

const own = 'streaming';

/** Draws the active cues itself, so that they rise above the controls and look alike in every browser. */
export class Captions {
  readonly element = h('div', { class: 'captions', 'aria-hidden': 'true' });
  #track: TextTrack | null = null;

  constructor(private readonly video: HTMLVideoElement) {
    for (const name of ['change', 'addtrack', 'removetrack']) video.textTracks.addEventListener(name, () => this.#follow());
    this.#follow();
  }

  #follow(): void {
    const track = [...this.video.textTracks].find((candidate) => candidate.mode === 'hidden' && (candidate.kind !== 'metadata' || candidate.label === own)) ?? null;
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

/** Cues by track as they arrive, the chosen track's ones in one hidden text track, so that the browser tells when each begins. */
export class CueStore {
  readonly #cues = new Map<string, Map<string, VTTCue>>();
  readonly #track: TextTrack;
  #chosen: string | null = null;

  constructor(video: HTMLVideoElement) {
    this.#track = video.addTextTrack('metadata', own);
    this.#track.mode = 'hidden';
  }

  add(name: string, cues: VTTCue[]): void {
    const known = this.#cues.get(name) ?? new Map<string, VTTCue>();
    this.#cues.set(name, known);
    for (const cue of cues) {
      // A segment fetched again after a seek brings its cues again.
      const key = `${cue.startTime}-${cue.endTime}-${cue.text}`;
      if (known.has(key)) continue;
      known.set(key, cue);
      if (name === this.#chosen) this.#track.addCue(cue);
    }
  }

  choose(name: string | null): void {
    if (name === this.#chosen) return;
    for (const cue of [...(this.#track.cues ?? [])]) this.#track.removeCue(cue);
    this.#chosen = name;
    for (const cue of this.#cues.get(name ?? '')?.values() ?? []) this.#track.addCue(cue);
    // Browsers tell when a cue begins or ends, but not when an active one is taken away.
    this.#track.dispatchEvent(new Event('cuechange'));
  }
}
