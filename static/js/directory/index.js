// The directory: choosing leads, heads that are dragged, keys, rows that change while one looks, and the dialog of a filter.
import "./choosing.js";
import "./columns.js";
import "./every.js";
import "./filter.js";
import "./keys.js";
import "./news.js";
