const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

export const clockTime = (seconds: number): string => time.format(seconds * 1000);

/** Three digits, so that numbers keep their width: 0.123, 1.23, 12.3, 123, 1.23 k. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${digits(value / 1e6)} M`;
  if (size >= 9_995) return `${digits(value / 1e3)} k`;
  return digits(value);
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 99.95) return String(Math.round(value));
  if (size >= 9.995) return trimmed(value.toFixed(1));
  if (size >= 0.0995) return trimmed(value.toFixed(2));
  return trimmed(value.toFixed(3));
}

/** Nearly all is not all: 99.99 is not written as 100. */
export function percent(value: number): string {
  return value > 99 && value < 100 ? trimmed((Math.floor(value * 1000) / 1000).toFixed(3)) : digits(value);
}

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** A number with its unit, as a person says it; a dash where nothing is known. */
export function amount(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (unit === 'bytes') return megabytes(value);
  if (unit === 'ms') return value >= 999.5 ? `${digits(value / 1000)} s` : `${digits(value)} ms`;
  if (unit === 'percent') return `${percent(value)} %`;
  if (unit === 'rate') return `${figure(value)}/s`;
  return figure(value);
}

function megabytes(value: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB'];
  let step = 0;
  for (; Math.abs(value) >= 999.5 && step < names.length - 1; step++) value /= 1000;
  return `${digits(value)} ${names[step]}`;
}

/** How long ago, roughly: "12 s", "4 min", "2 h 5 min". */
export function ago(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
