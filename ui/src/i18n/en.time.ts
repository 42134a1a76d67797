import { counted, type Moment, type Span } from './time';

export const count = counted('en');

export const at = ({ day, date, time }: Moment) =>
  ({
    today: `at ${time}`,
    tomorrow: `tomorrow at ${time}`,
    yesterday: `yesterday at ${time}`,
    other: `on ${date} at ${time}`,
  })[day];
export const until = ({ day, date, time }: Moment) =>
  ({
    today: `until ${time}`,
    tomorrow: `until tomorrow ${time}`,
    yesterday: `until yesterday ${time}`,
    other: `until ${date}, ${time}`,
  })[day];
export const since = ({ day, date, time }: Moment) =>
  ({
    today: `since ${time}`,
    tomorrow: `since tomorrow ${time}`,
    yesterday: `since yesterday ${time}`,
    other: `since ${date}, ${time}`,
  })[day];
export const day = ({ day, date, time }: Moment) =>
  ({
    today: `today ${time}`,
    tomorrow: `tomorrow ${time}`,
    yesterday: `yesterday ${time}`,
    other: `${date}, ${time}`,
  })[day];

export const countdown = ({ hours, minutes, seconds }: Span) =>
  [hours && `${hours} h`, minutes && `${minutes} min`, (seconds || (!hours && !minutes)) && `${seconds} s`]
    .filter(Boolean)
    .join(' ');
export const wait = ({ hours, minutes, seconds }: Span) =>
  hours > 0
    ? count(minutes > 0 ? hours + 1 : hours, 'hour', 'hours')
    : minutes > 0
      ? count(seconds > 0 ? minutes + 1 : minutes, 'minute', 'minutes')
      : count(seconds, 'second', 'seconds');
