// The page of today: what sounds, and what this phone still has to send.
import "./today.js";
import "./unsent.js";
