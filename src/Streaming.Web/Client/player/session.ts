/** What the page embeds about the playback session; times in seconds. */
export interface Session {
  id: string;
  titleId: string;
  title: string;
  hls: string;
  dash: string;
  positionSeconds: number;
  durationSeconds: number;
  thumbnails: string | null;
  next: { href: string; label: string } | null;
  back: string;
  worker: string;
}

interface Preferences {
  volume: number;
  muted: boolean;
  audio: string | null;
  subtitles: string | null;
  bandwidth: number | null;
}

const key = 'streaming.player';
const initial: Preferences = { volume: 1, muted: false, audio: null, subtitles: null, bandwidth: null };

/** The viewer's choices on this device. Storage may be denied; then they last as long as the page. */
export class PreferenceStore {
  readonly values: Preferences = { ...initial, ...read() };

  set<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
    this.values[name] = value;
    try {
      localStorage.setItem(key, JSON.stringify(this.values));
    } catch {
      // Private browsing: nothing to keep it in.
    }
  }
}

function read(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Preferences>;
  } catch {
    return {};
  }
}
