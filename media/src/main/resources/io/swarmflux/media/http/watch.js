'use strict';
const $ = id => document.getElementById(id);
const video = $('player');
let hls = null;
let playing = '';
let lastState = null;

const percent = share => (Math.floor(share * 10000) / 100).toFixed(2).replace(/\.?0+$/, '') + ' %';
const rate = bits => bits >= 1e6 ? (bits / 1e6).toFixed(2) + ' Mbit/s' : Math.round(bits / 1e3) + ' kbit/s';
const text = (id, value) => { const at = $(id); if (at.textContent !== value) at.textContent = value; };

/* The player. */

function startHls() {
  playing = 'hls';
  if (window.Hls && Hls.isSupported()) {
    hls = new Hls({ liveSyncDurationCount: 2, liveMaxLatencyDurationCount: 6, maxLiveSyncPlaybackRate: 1.1,
      backBufferLength: 30, manifestLoadingMaxRetry: 60, levelLoadingMaxRetry: 60, fragLoadingMaxRetry: 20 });
    hls.on(Hls.Events.ERROR, (event, data) => {
      if (!data.fatal) return;
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else setTimeout(() => hls && hls.loadSource('/live.m3u8'), 1000);
    });
    hls.loadSource('/live.m3u8');
    hls.attachMedia(video);
  } else if (video.canPlayType('application/vnd.apple.mpegurl')) {
    video.src = '/live.m3u8';
  } else {
    text('playing', 'This browser plays no HLS; open the stream in another player.');
    return;
  }
  video.play().catch(() => text('playing', 'Press play to watch.'));
}

function startProgressive(type) {
  playing = 'stream';
  if (!video.canPlayType(type)) {
    text('playing', 'A browser does not play ' + type + '; open the stream in another player.');
    return;
  }
  video.src = '/stream';
  video.play().catch(() => text('playing', 'Press play to listen.'));
}

function onMedia(media) {
  text('stream', media.name);
  document.title = media.name + ' – SwarmFlux';
  if (playing || !media.type) return;
  if (media.hls) startHls();
  else if (media.type !== 'video/mp2t' && media.type !== 'video/mp4') startProgressive(media.type);
}

function edge() { const s = video.seekable; return s.length ? s.end(s.length - 1) : 0; }

function ahead() {
  for (let i = 0; i < video.buffered.length; i++) {
    if (video.buffered.start(i) <= video.currentTime + .1 && video.currentTime <= video.buffered.end(i)) {
      return video.buffered.end(i) - video.currentTime;
    }
  }
  return 0;
}

$('live').addEventListener('click', () => {
  const at = hls && hls.liveSyncPosition ? hls.liveSyncPosition : edge();
  if (at) video.currentTime = at;
  video.play().catch(() => {});
});
$('sound').addEventListener('click', () => { video.muted = !video.muted; });
video.addEventListener('volumechange', () => text('sound', video.muted ? 'Sound on' : 'Sound off'));
video.addEventListener('playing', () => text('playing', 'Playing'));
video.addEventListener('waiting', () => text('playing', 'Waiting for more…'));
video.addEventListener('pause', () => text('playing', 'Paused'));
video.addEventListener('ended', () => text('playing', 'The stream has ended.'));
setInterval(() => text('buffer', ahead().toFixed(1) + ' s'), 500);

/* What the peer does. */

function rows(id, items, cells) {
  const body = $(id);
  const open = items.map(cells);
  const width = body.parentElement.tHead.rows[0].cells.length;
  const html = open.length ? null : 'nobody';
  while (body.rows.length > (open.length || 1)) body.deleteRow(-1);
  while (body.rows.length < (open.length || 1)) body.insertRow();
  if (html) {
    if (body.rows[0].cells.length !== 1) {
      body.rows[0].replaceChildren(Object.assign(document.createElement('td'), { colSpan: width, textContent: html }));
    }
    return;
  }
  open.forEach((cell, r) => {
    const row = body.rows[r];
    if (row.cells.length !== cell.length) {
      row.replaceChildren(...cell.map((c, i) => {
        const at = document.createElement(i ? 'td' : 'th');
        if (!i) at.scope = 'row';
        return at;
      }));
    }
    cell.forEach((c, i) => { if (!(c instanceof Function) && row.cells[i].textContent !== String(c)) row.cells[i].textContent = c;
      else if (c instanceof Function) c(row.cells[i]); });
  });
}

function onState(state) {
  lastState = state;
  text('peer', 'peer ' + state.peer + (state.epoch >= 0 ? ', epoch ' + state.epoch : ', nothing came yet'));
  text('continuity', percent(state.continuity));
  $('continuity').className = state.continuity < 1 ? 'bad' : 'good';
  text('lag', state.lag + (state.lag === 1 ? ' segment' : ' segments'));
  text('window', state.window.segments + ' segments, ' + (state.window.bytes / 1048576).toFixed(1) + ' MiB');
  const up = state.upstreams.filter(u => u.open);
  const down = state.downstreams.filter(d => d.open);
  text('rate', rate(up.reduce((sum, u) => sum + u.bitsPerSecond, 0)));
  text('gives', rate(down.reduce((sum, d) => sum + d.bitsPerSecond, 0)));
  text('played', state.delivered + ', ' + state.missing + ' missing');
  text('repaired', String(state.repaired));
  rows('upstreams', state.upstreams, u => [u.peer, u.open ? 'open' : 'closed', rate(u.bitsPerSecond), u.lag,
    u.roundTripMillis < 0 ? '–' : u.roundTripMillis + ' ms', u.subStreams.join(' ') || '–']);
  rows('downstreams', state.downstreams, d => [d.peer, d.open ? 'open' : 'closed', rate(d.bitsPerSecond), d.subStreams.join(' ') || '–']);
  const brings = {};
  up.forEach(u => u.subStreams.forEach(s => { brings[s] = u.peer; }));
  const k = Object.keys(brings).map(Number);
  const list = k.sort((a, b) => a - b).map(s => s + ' ← ' + brings[s]);
  const ol = $('substreams');
  if (ol.textContent !== list.join('')) {
    ol.replaceChildren(...list.map(line => Object.assign(document.createElement('li'), { textContent: line })));
  }
  const island = state.island;
  text('island', !island ? 'none' : island.name + ': ' + island.members + ' members' + (island.gateway.length
    ? ', feeds sub-streams ' + island.gateway.join(' ') : '') + '; heard ' + island.received + ', sent ' + island.sent
    + ', asked again ' + island.naks + ' times');
  if (state.said) say(state.said);
  if (state.swarm) drawSwarm(state.swarm);
}

function say(lines) {
  const ol = $('events');
  ol.replaceChildren(...lines.slice(-40).reverse().map(line => Object.assign(document.createElement('li'), { textContent: line })));
}

/* The whole swarm, in the demo. */

function act(name, member) {
  $('said').textContent = '';
  fetch('/do/' + name + '/' + member, { method: 'POST' })
    .then(answer => answer.text().then(body => { $('said').textContent = answer.ok ? member + ': ' + name + ' asked for' : body; }))
    .catch(e => { $('said').textContent = 'could not: ' + e.message; });
}

function button(member) {
  return cell => {
    const wanted = !member.action ? '' : (member.action === 'stop' ? 'Stop ' : 'Start ') + member.peer;
    const is = cell.firstElementChild;
    if (!wanted) { if (is) is.remove(); return; }
    if (is && is.textContent === wanted) return;
    const b = is || cell.appendChild(document.createElement('button'));
    b.type = 'button';
    b.textContent = wanted;
    b.onclick = () => act(member.action, member.peer);
  };
}

const SVG = 'http://www.w3.org/2000/svg';
function shape(kind, attributes, content) {
  const one = document.createElementNS(SVG, kind);
  Object.entries(attributes).forEach(([name, value]) => one.setAttribute(name, value));
  if (content !== undefined) one.textContent = content;
  return one;
}

function drawSwarm(members) {
  $('swarm').hidden = false;
  rows('members', members, m => [m.peer, m.running ? (m.seeds ? 'seeds' : m.gateway.length ? 'gateway' : 'plays') : 'stopped',
    m.seeds ? '–' : rate(m.bitsPerSecond), m.seeds ? '–' : m.lagMillis + ' ms', m.seeds ? '–' : percent(m.continuity),
    m.from.filter(f => f.bitsPerSecond > 0).map(f => f.peer).join(' ') || '–', button(m)]);
  const at = {};
  members.forEach(m => { at[m.peer] = [m.x * 640, m.y * 400]; });
  const parts = [];
  const islands = {};
  members.filter(m => m.island).forEach(m => { (islands[m.island] = islands[m.island] || []).push(at[m.peer]); });
  Object.entries(islands).forEach(([name, dots]) => {
    const xs = dots.map(d => d[0]), ys = dots.map(d => d[1]);
    const x = Math.min(...xs) - 40, y = Math.min(...ys) - 34, w = Math.max(...xs) - x + 40, h = Math.max(...ys) - y + 40;
    parts.push(shape('rect', { x, y, width: w, height: h, rx: 26, class: 'island' }),
      shape('text', { x: x + w / 2, y: y + h + 14, class: 'small' }, 'island, by multicast'));
  });
  members.forEach(m => m.from.forEach(f => {
    if (!at[f.peer] || !m.running) return;
    const [x1, y1] = at[f.peer], [x2, y2] = at[m.peer];
    const far = Math.hypot(x2 - x1, y2 - y1) || 1, ux = (x2 - x1) / far, uy = (y2 - y1) / far;
    const ends = { x1: x1 + ux * 20, y1: y1 + uy * 20, x2: x2 - ux * 26, y2: y2 - uy * 26 };
    if (f.bitsPerSecond > 0) {
      parts.push(shape('line', { ...ends, class: 'link', 'stroke-width': Math.min(7, 1 + f.bitsPerSecond / 2e5) }),
        shape('circle', { cx: x2 - ux * 24, cy: y2 - uy * 24, r: 4, class: 'tip' }));
    } else {
      parts.push(shape('line', { ...ends, class: 'idle' }));
    }
  }));
  members.forEach(m => {
    const [x, y] = at[m.peer];
    parts.push(shape('circle', { cx: x, cy: y, r: 20, class: 'node' + (m.running ? '' : ' gone') + (m.seeds ? ' seed' : '') }),
      shape('text', { x, y: y + 5 }, m.peer));
    if (m.gateway.length) parts.push(shape('circle', { cx: x, cy: y, r: 24, class: 'gate' }));
    parts.push(shape('text', { x, y: y + 36, class: 'small' }, !m.running ? 'stopped' : m.seeds ? 'seeds' : rate(m.bitsPerSecond)));
  });
  const picture = $('picture');
  while (picture.childNodes.length > 2) picture.lastChild.remove();
  picture.append(...parts);
  text('picture-text', members.map(m => m.peer + (m.running ? m.seeds ? ' seeds' : ' takes from '
    + (m.from.filter(f => f.bitsPerSecond > 0).map(f => f.peer).join(', ') || 'nobody') : ' is stopped')).join('; '));
}

$('vlc').textContent = 'ffplay ' + location.origin + '/stream';
$('link-hls').href = location.origin + '/live.m3u8';
const events = new EventSource('/state');
events.addEventListener('media', e => onMedia(JSON.parse(e.data)));
events.addEventListener('state', e => onState(JSON.parse(e.data)));
events.onerror = () => text('peer', 'the peer does not answer; trying again…');
