// The board's behaviour is fetched where there is a board. live.js imports this and waits: a signal that came before the
// board listens would be lost.
if (document.querySelector("[data-board]")) await import("./board/board.js");
