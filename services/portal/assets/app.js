// The portal's scripts. Every page works without them, except that a dialogue does not follow along by itself.
import "htmx.org/dist/htmx.esm.js";
import { followDialogue } from "./js/live.js";
import { openMenu, printButton, refreshSoon, sendOnce } from "./js/page.js";
import { forgetWithTheSession } from "./js/kept.js";
import { passOn } from "./js/shared.js";
import { countDots } from "./js/dots.js";

document.documentElement.classList.add("scripted");
openMenu();
printButton();
refreshSoon();
sendOnce();
passOn();
forgetWithTheSession();
countDots(document);
followDialogue();
