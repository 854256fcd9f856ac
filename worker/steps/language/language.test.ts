import { expect, test } from 'vitest';
import { languageOf } from './language.ts';

test.each([
  ['en', 'You will work with the team on our identity platform and help people to get the right access.'],
  ['de', 'Wir suchen dich für unser Team: Du bist für die Verwaltung der Zugriffe und für das Onboarding zuständig.'],
  [
    'fr',
    'Nous recherchons une personne pour notre équipe : vous êtes responsable des accès et de la sécurité dans le groupe.',
  ],
  ['es', 'Buscamos una persona para nuestro equipo: la gestión de los accesos y del directorio es tu trabajo.'],
  ['nl', 'Wij zijn op zoek naar een engineer voor het team: je werkt aan de toegang van onze medewerkers.'],
])('%s is told by its commonest words', (language, text) => {
  expect(languageOf(text)).toBe(language);
});

test('a text that is too short, or in no known language, has none', () => {
  expect(languageOf('')).toBeNull();
  expect(languageOf('IAM Engineer')).toBeNull();
  expect(languageOf('私たちはアイデンティティエンジニアを探しています。')).toBeNull();
});

test('a text of two languages in equal parts has none', () => {
  expect(
    languageOf('We work with the team and you. '.repeat(3) + 'Wir sind das Team und du bist nicht die. '.repeat(3)),
  ).toBeNull();
});
