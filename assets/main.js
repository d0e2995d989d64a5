// All JavaScript of the portal: the enhancements of the framework we use, and htmx. Every page works without it.
import { initAll } from "./components.js";
import { forgetSentForms } from "./history.js";
import { watchSession } from "./session.js";
import "htmx.org/dist/htmx.min.js";

initAll();
forgetSentForms();
watchSession();
