export { readWidget, WIDGET_BYTES_MAX, type Widget } from './widget.js';
