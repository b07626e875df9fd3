// A message that is prepared for an emergency: what is written is read, and what is
// recorded goes to the board as soon as it is chosen.
import "./texts.js";
import "./upload.js";
