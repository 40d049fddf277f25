import { answer } from '../lib/answer.mjs';
import { hammer } from '../lib/hammer.mjs';

answer({ load: (options) => hammer({ ...options, method: 'POST' }) });
