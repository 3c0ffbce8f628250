// Measures a page's video element from outside, the same for every player: from the click that led here to the first frame, and what stalls after it.
(() => {
  addEventListener('click', () => sessionStorage.setItem('bench-click', String(performance.timeOrigin + performance.now())), true);
  const bench = { startUp: null, stalled: 0, stalls: 0, ended: false, heights: [] };
  window.bench = bench;
  const measured = new WeakSet();

  function measure(video) {
    measured.add(video);
    let waitingSince = null;
    const firstFrame = () => {
      // A frame shown before anything plays is a poster.
      if (video.paused) return video.addEventListener('play', () => video.requestVideoFrameCallback(firstFrame), { once: true });
      bench.startUp = performance.timeOrigin + performance.now() - Number(sessionStorage.getItem('bench-click'));
    };
    const endStall = () => {
      if (waitingSince === null) return;
      bench.stalled += performance.now() - waitingSince;
      bench.stalls++;
      waitingSince = null;
    };
    video.requestVideoFrameCallback(firstFrame);
    video.addEventListener('waiting', () => {
      if (bench.startUp !== null && !video.seeking && !video.ended && !video.paused) waitingSince ??= performance.now();
    });
    for (const name of ['playing', 'seeking', 'pause', 'ended', 'emptied']) video.addEventListener(name, endStall);
    video.addEventListener('ended', () => { bench.ended = true; });
    video.addEventListener('resize', () => bench.heights.push(video.videoHeight));
  }

  new MutationObserver(() => {
    for (const video of document.querySelectorAll('video')) if (!measured.has(video)) measure(video);
  }).observe(document, { childList: true, subtree: true });
})();
