const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(n: number): string {
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) [n, unit] = [n / 1024, unit + 1];
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

export function seconds(s: number): string {
  if (s < 1) return `${Math.round(s * 1000)} ms`;
  if (s < 100) return `${s.toFixed(s < 10 ? 2 : 1)} s`;
  if (s < 6000) return `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${Math.round(s % 3600 / 60)} min`;
}

export const millis = (ms: number): string => seconds(ms / 1000);

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** Digits after the point that a step of this size has. */
const digitsOf = (step: number): number => [0, 1, 2, 3, 4, 5].find(d => Math.abs(step * 10 ** d - Math.round(step * 10 ** d)) < 1e-6 * 10 ** d * step) ?? 6;

export const onAxis = {
  number: (n: number, step?: number): string => step && step >= 1e-3 && Math.abs(n) < 1e5 ? n.toFixed(digitsOf(step)) : number(n),
  percent: (share: number, step?: number): string => percent(share, step ? digitsOf(100 * step) : 1),
};

export function number(n: number): string {
  const size = Math.abs(n);
  if (n === 0) return '0';
  if (size >= 1e5 || size < 1e-3) return n.toExponential(2);
  return size >= 100 ? n.toFixed(0) : size >= 10 ? n.toFixed(1) : size >= 1 ? n.toFixed(2) : n.toFixed(4);
}

export const count = (n: number): string => n.toLocaleString('en');

export function ago(ms: number, now = Date.now()): string {
  const s = Math.max(0, (now - ms) / 1000);
  if (s < 5) return 'just now';
  if (s < 60) return `${Math.floor(s)} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86_400)} d ago`;
}

export const clock = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB');

export const moment = (ms: number): string => new Date(ms).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** The first digits of a digest, enough to tell two apart by eye. */
export const short = (digest: string): string => digest.slice(0, 12);

export const plural = (n: number, one: string, many = one + 's'): string => `${count(n)} ${n === 1 ? one : many}`;
