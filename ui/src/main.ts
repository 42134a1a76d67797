import { tauri } from './backend/tauri';
import { start } from './start';

start(tauri);
