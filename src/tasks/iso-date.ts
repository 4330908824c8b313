const DAY_MS = 86_400_000;

const MAX_DAYS = 10_000;

/** The days of stored dates as text: `toISOString` for each date would be half of the CPU of a long list. */
const days = new Map<number, string>();

const digits = (length: number, width: number) => Array.from({ length }, (_, n) => String(n).padStart(width, '0'));
const twoDigits = digits(60, 2);
const threeDigits = digits(1000, 3);

/**
 * @param epoch seconds since 1970, with milliseconds.
 * @returns ISO 8601 in UTC, with milliseconds; null for a date that JavaScript does not have, such as infinity.
 */
export function toIsoString(epoch: string): string | null {
  const instant = Math.round(Number(epoch) * 1000);
  const day = Math.floor(instant / DAY_MS);
  const date = days.get(day) ?? cacheDay(day);
  if (date === undefined) return null;
  const time = instant - day * DAY_MS;
  const hours = twoDigits[Math.floor(time / 3_600_000)];
  const minutes = twoDigits[Math.floor(time / 60_000) % 60];
  const seconds = twoDigits[Math.floor(time / 1000) % 60];
  return `${date}T${hours}:${minutes}:${seconds}.${threeDigits[time % 1000]}Z`;
}

function cacheDay(day: number): string | undefined {
  const start = new Date(day * DAY_MS);
  if (Number.isNaN(start.getTime())) return undefined;
  const [date = ''] = start.toISOString().split('T');
  if (days.size >= MAX_DAYS) days.clear();
  days.set(day, date);
  return date;
}
