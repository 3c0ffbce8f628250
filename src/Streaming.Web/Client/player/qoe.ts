import type { Level } from './engine';

export interface Figures {
  startupSeconds: number | null;
  watchSeconds: number;
  rebufferSeconds: number;
  rebufferCount: number;
  rebufferRatio: number;
  switches: number;
  averageBitrate: number;
  droppedFrames: number;
  totalFrames: number;
}

/** Media elements say `waiting` for a moment at seeks and track changes too; nobody sees less than this, in milliseconds. */
const noticeable = 100;

/** Quality of experience, measured from the media element: start-up by the first frame shown, stalls that are not seeks, switches seen in the picture. */
export class QualityMeter {
  #intent = 0;
  #startup: number | null = null;
  #watched = 0;
  #watchingSince: number | null = null;
  #stalledSince: number | null = null;
  #stalled = 0;
  #stalls = 0;
  #stallTimer = 0;
  #switches = 0;
  #level: Level | null = null;
  #levelSince = 0;
  #bits = 0;
  #bitsSeconds = 0;

  onStarted: (startupSeconds: number) => void = () => {};
  onStalled: () => void = () => {};
  onResumed: (durationSeconds: number) => void = () => {};

  constructor(private readonly video: HTMLVideoElement) {
    video.addEventListener('playing', () => this.#playing());
    video.addEventListener('waiting', () => this.#waiting());
    video.addEventListener('seeking', () => this.#endStall());
    for (const name of ['pause', 'ended', 'emptied']) video.addEventListener(name, () => this.#idle());
  }

  /** Counts start-up from here: the opening of the page, or the click when the browser asked for one. */
  intend(at: number): void {
    if (this.#startup !== null) return;
    this.#intent = at;
    if ('requestVideoFrameCallback' in this.video) this.video.requestVideoFrameCallback((now) => this.#firstFrame(now));
    else (this.video as HTMLVideoElement).addEventListener('timeupdate', () => this.#firstFrame(performance.now()), { once: true });
  }

  switched(level: Level): boolean {
    const changed = this.#level !== null && (this.#level.height !== level.height || this.#level.bitrate !== level.bitrate);
    this.#settleBitrate();
    if (changed) this.#switches++;
    this.#level = level;
    return changed;
  }

  get figures(): Figures {
    this.#settleBitrate();
    const stalling = this.#since(this.#stalledSince);
    const watch = this.#watched + this.#since(this.#watchingSince) - stalling;
    const rebuffer = this.#stalled + stalling;
    const frames = this.video.getVideoPlaybackQuality?.();
    return {
      startupSeconds: this.#startup === null ? null : round(this.#startup),
      watchSeconds: round(watch),
      rebufferSeconds: round(rebuffer),
      rebufferCount: this.#stalls,
      rebufferRatio: watch + rebuffer > 0 ? round(rebuffer / (watch + rebuffer), 5) : 0,
      switches: this.#switches,
      averageBitrate: this.#bitsSeconds > 0 ? Math.round(this.#bits / this.#bitsSeconds) : (this.#level?.bitrate ?? 0),
      droppedFrames: frames?.droppedVideoFrames ?? 0,
      totalFrames: frames?.totalVideoFrames ?? 0,
    };
  }

  #firstFrame(now: number): void {
    if (this.#startup !== null) return;
    // Before anybody pressed play the poster frame is not a start.
    if (this.video.paused) {
      this.video.addEventListener('play', () => this.intend(performance.now()), { once: true });
      return;
    }
    this.#startup = Math.max(0, now - this.#intent) / 1000;
    this.onStarted(round(this.#startup));
  }

  #playing(): void {
    this.#endStall();
    this.#watchingSince ??= performance.now();
  }

  #waiting(): void {
    if (this.#startup === null || this.video.seeking || this.video.ended || this.video.paused || this.#stalledSince !== null) return;
    this.#stalledSince = performance.now();
    this.#stallTimer = window.setTimeout(() => {
      this.#stalls++;
      this.onStalled();
    }, noticeable);
  }

  #endStall(): void {
    if (this.#stalledSince === null) return;
    const duration = this.#since(this.#stalledSince);
    clearTimeout(this.#stallTimer);
    this.#stalledSince = null;
    if (duration * 1000 < noticeable) return;
    this.#stalled += duration;
    this.#watched -= duration;
    this.onResumed(round(duration));
  }

  #idle(): void {
    this.#endStall();
    this.#settleWatch();
  }

  #settleWatch(): void {
    this.#settleBitrate();
    this.#watched += this.#since(this.#watchingSince);
    this.#watchingSince = null;
  }

  #settleBitrate(): void {
    const now = performance.now();
    if (this.#level && this.#watchingSince !== null) {
      const seconds = (now - Math.max(this.#levelSince, this.#watchingSince)) / 1000;
      this.#bits += this.#level.bitrate * seconds;
      this.#bitsSeconds += seconds;
    }
    this.#levelSince = now;
  }

  #since(mark: number | null): number {
    return mark === null ? 0 : (performance.now() - mark) / 1000;
  }
}

function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}
