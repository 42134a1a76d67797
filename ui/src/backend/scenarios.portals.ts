import type { EntranceInfo, PortalInfo, Texts } from '.';

// The portals of the scenarios, and their entrances.

export const MINUTE = 60_000;
export const DAY = 86_400_000;
export const same = (text: string): Texts => ({ fr: text, en: text, de: text });

export const sante: PortalInfo = {
  id: 'portail-de-sante',
  name: { fr: 'Portail de santé', en: 'Portail de santé', de: 'Portail de santé' },
  host: 'portail.example.org',
  identifierLabel: {
    fr: 'Identifiant ou adresse e-mail',
    en: 'Identifier or e-mail address',
    de: 'Kennung oder E-Mail-Adresse',
  },
  support: { email: 'support@portail.example.org', phone: '+33 1 99 00 12 34', reference: null },
  trustMaxAge: DAY,
  canRegister: false,
};
export const doctipro: PortalInfo = {
  id: 'doctipro',
  name: same('Doctipro'),
  host: 'doctipro.example.org',
  identifierLabel: { fr: 'Adresse e-mail', en: 'E-mail address', de: 'E-Mail-Adresse' },
  support: { email: 'info@doctipro.example.org', phone: null, reference: 'PX-4F7-29C' },
  trustMaxAge: null,
  canRegister: false,
};

export const doctolib: PortalInfo = {
  id: 'doctolib',
  name: same('Doctolib'),
  host: 'doctolib.example.org',
  identifierLabel: { fr: 'Adresse e-mail', en: 'E-mail address', de: 'E-Mail-Adresse' },
  support: { email: 'contact@doctolib.example.org', phone: '+33 1 99 00 56 78', reference: null },
  trustMaxAge: null,
  canRegister: true,
};
export const dentistes: PortalInfo = {
  id: 'dentistes',
  name: { fr: 'Portail des dentistes', en: 'Dentists’ portal', de: 'Zahnärzteportal' },
  host: 'dentistes.example.org',
  identifierLabel: { fr: 'Numéro de permis', en: 'Permit number', de: 'Zulassungsnummer' },
  support: { email: 'aide@dentistes.example.org', phone: '+1 514 555 0142', reference: null },
  trustMaxAge: null,
  canRegister: true,
};

export const entrances: EntranceInfo[] = [
  { role: 'doctor', label: { fr: 'Médecin', en: 'Doctor', de: 'Arzt' } },
  { role: 'secretary', label: { fr: 'Secrétaire', en: 'Secretary', de: 'Sekretariat' } },
  { role: 'patient', label: { fr: 'Patient', en: 'Patient', de: 'Patient' } },
];

export const dentistEntrances: EntranceInfo[] = [
  { role: 'dentist', label: { fr: 'Dentiste', en: 'Dentist', de: 'Zahnarzt' } },
  { role: 'delegate', label: { fr: 'Délégué', en: 'Delegate', de: 'Beauftragter' } },
];
