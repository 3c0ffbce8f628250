import { Uploads } from './studio/uploads';

const zone = document.querySelector<HTMLElement>('[data-upload]');
if (zone) new Uploads(zone);
