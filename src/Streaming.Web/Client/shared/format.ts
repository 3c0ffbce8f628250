export function clock(seconds: number, long = seconds >= 3600): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = String(whole % 60).padStart(2, '0');
  return long ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

const units = ['second', 'minute', 'hour'] as const;

/** A span in words, for screen readers and for remaining times: "2 minutes", "1 hour 5 minutes". */
export function spoken(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [whole % 60, Math.floor(whole / 60) % 60, Math.floor(whole / 3600)];
  const words = parts.map((value, index) => (value ? `${value} ${units[index]}${value === 1 ? '' : 's'}` : '')).reverse();
  return words.filter(Boolean).slice(0, 2).join(' ') || '0 seconds';
}

export function remaining(seconds: number): string {
  if (seconds < 1) return 'almost done';
  if (seconds < 60) return `${Math.ceil(seconds)} s left`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min left`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min left`;
}

export function bytes(count: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = count;
  let step = 0;
  while (value >= 1000 && step < names.length - 1) {
    value /= 1000;
    step++;
  }
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${names[step]}`;
}

export function bitrate(bitsPerSecond: number): string {
  return bitsPerSecond >= 1_000_000 ? `${(bitsPerSecond / 1_000_000).toFixed(1)} Mbit/s` : `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}

const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** The name of a track as people say it; the language's own tag only when nothing better is known. */
export function trackName(name: string | undefined, language: string | undefined, position: number): string {
  if (name && name.toLowerCase() !== language?.toLowerCase()) return name;
  if (!language || language === 'und') return name || `Track ${position + 1}`;
  try {
    return languages.of(language) ?? language;
  } catch {
    return language;
  }
}
