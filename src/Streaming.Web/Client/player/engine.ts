export interface Choice {
  id: number;
  label: string;
  detail?: string;
  language?: string | undefined;
}

export interface Level {
  name: string;
  height: number;
  bitrate: number;
}

export type Trouble = 'gone' | 'expired' | 'unreachable' | 'undecodable' | 'unsupported';

export interface EngineEvents {
  tracks(): void;
  level(level: Level): void;
  trouble(kind: Trouble, code: string, fatal: boolean): void;
  recovered(): void;
}

/** What the controls need from whatever plays the stream. −1 means "automatic" for quality and "off" for subtitles. */
export interface Engine {
  readonly name: string;
  readonly qualities: Choice[];
  readonly audios: Choice[];
  readonly subtitles: Choice[];
  quality: number;
  audio: number;
  subtitle: number;
  readonly level: Level | null;
  readonly bandwidth: number | null;
  load(position: number): void;
  retry(): void;
  destroy(): void;
}
