import { counted, type Moment, type Span } from './time';

export const count = counted('de');

export const at = ({ day, date, time }: Moment) =>
  ({
    today: `um ${time}`,
    tomorrow: `morgen um ${time}`,
    yesterday: `gestern um ${time}`,
    other: `am ${date} um ${time}`,
  })[day];
export const until = ({ day, date, time }: Moment) =>
  ({
    today: `bis ${time}`,
    tomorrow: `bis morgen, ${time}`,
    yesterday: `bis gestern, ${time}`,
    other: `bis ${date}, ${time}`,
  })[day];
export const since = ({ day, date, time }: Moment) =>
  ({
    today: `seit ${time}`,
    tomorrow: `seit morgen, ${time}`,
    yesterday: `seit gestern, ${time}`,
    other: `seit ${date}, ${time}`,
  })[day];
export const day = ({ day, date, time }: Moment) =>
  ({
    today: `heute, ${time}`,
    tomorrow: `morgen, ${time}`,
    yesterday: `gestern, ${time}`,
    other: `${date}, ${time}`,
  })[day];

export const countdown = ({ hours, minutes, seconds }: Span) =>
  [
    hours && `${hours} Std.`,
    minutes && `${minutes} Min.`,
    (seconds || (!hours && !minutes)) && `${seconds} Sek.`,
  ]
    .filter(Boolean)
    .join(' ');
export const wait = ({ hours, minutes, seconds }: Span) =>
  hours > 0
    ? count(minutes > 0 ? hours + 1 : hours, 'Stunde', 'Stunden')
    : minutes > 0
      ? count(seconds > 0 ? minutes + 1 : minutes, 'Minute', 'Minuten')
      : count(seconds, 'Sekunde', 'Sekunden');
