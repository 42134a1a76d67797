import { counted, type Moment, type Span } from './time';

export const count = counted('fr');

/** « demain à 10 h 42 » */
export const at = ({ day, date, time }: Moment) =>
  ({
    today: `à ${time}`,
    tomorrow: `demain à ${time}`,
    yesterday: `hier à ${time}`,
    other: `le ${date} à ${time}`,
  })[day];
export const until = ({ day, date, time }: Moment) =>
  ({
    today: `jusqu’à ${time}`,
    tomorrow: `jusqu’à demain ${time}`,
    yesterday: `jusqu’à hier ${time}`,
    other: `jusqu’au ${date} à ${time}`,
  })[day];
export const since = ({ day, date, time }: Moment) =>
  ({
    today: `depuis ${time}`,
    tomorrow: `depuis demain ${time}`,
    yesterday: `depuis hier ${time}`,
    other: `depuis le ${date} à ${time}`,
  })[day];
export const day = ({ day, date, time }: Moment) =>
  ({
    today: `aujourd’hui ${time}`,
    tomorrow: `demain ${time}`,
    yesterday: `hier ${time}`,
    other: `le ${date} à ${time}`,
  })[day];

/** « 3 min 40 s » */
export const countdown = ({ hours, minutes, seconds }: Span) =>
  [hours && `${hours} h`, minutes && `${minutes} min`, (seconds || (!hours && !minutes)) && `${seconds} s`]
    .filter(Boolean)
    .join(' ');
/** « 15 minutes »: how long to wait, not to the second unless it is short. */
export const wait = ({ hours, minutes, seconds }: Span) =>
  hours > 0
    ? count(minutes > 0 ? hours + 1 : hours, 'heure', 'heures')
    : minutes > 0
      ? count(seconds > 0 ? minutes + 1 : minutes, 'minute', 'minutes')
      : count(seconds, 'seconde', 'secondes');
