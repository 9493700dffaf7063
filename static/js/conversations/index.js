// The screen of conversations.
import "./talks.js";
import "./counting.js";
import "./choosing.js";
import "./thread.js";
import "./composing.js";
import "./writing.js";
import "./noting.js";
import "./mentions.js";
import "./crossing.js";
import "./presence.js";
import "./files.js";
import "./templates.js";
import "./emoji.js";
import "./acts.js";
import "./row-menu.js";
import "./routes.js";
import "./desk.js";
