import { mock } from './backend/mock';
import { start } from './start';

start(mock);
