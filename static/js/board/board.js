// The board in a page: what its parts say to each other goes through here.
import "./news.js";
import "./live.js";
import "./choosing.js";
import "./menu.js";
import "./keys.js";
import "./tabs.js";
import "./dragging.js";

document.body.dataset.board = "ready";
