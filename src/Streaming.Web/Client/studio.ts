import { Editor } from './studio/editor';
import { Queue } from './studio/queue';

const queue = document.querySelector<HTMLElement>('[data-queue]');
if (queue) new Queue(queue);

const form = document.querySelector<HTMLFormElement>('form[data-editor]');
if (form) new Editor(form);

// Times are written by the server in UTC and read by people where they are.
const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-local]')) time.textContent = format.format(new Date(time.dateTime));
