// All behaviour of all pages. Each file binds itself, once, to the document: what htmx brings later needs no binding.
import "./requests.js";
import "./toast.js";
import "./dialog.js";
import "./menu.js";
import "./tabs.js";
import "./palette.js";
import "./shortcuts.js";
import "./theme.js";
import "./copy.js";
import "./reveal.js";
import "./autosubmit.js";
import "./unsaved.js";
import "./confirm-typed.js";
import "./table.js";
import "./relative-time.js";
import "./arrivals.js";
import "./live.js";
