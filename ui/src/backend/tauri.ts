import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { About, Backend, PasswordJudgement, Preferences, View } from '.';

export const tauri: Backend = {
  view: () => invoke<View>('view'),
  submit: (answer) => invoke<View>('submit', { answer }),
  onView: (listener) => listen<View>('view', (event) => listener(event.payload)),
  about: () => invoke<About>('about'),
  preferences: () => invoke<Preferences>('preferences'),
  savePreferences: (preferences) => invoke('save_preferences', { preferences }),
  openLogFolder: () => invoke('open_log_folder'),
  judge: (password) => invoke<PasswordJudgement>('judge_password', { password }),
  activity: () => invoke('activity'),
};
