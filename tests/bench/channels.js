/**
 * One end of one data channel of the channel benchmark: it makes inputs, sends them, and writes down when the peer's came.
 *
 * A classic script: `channels.py` adds it to a blank page and calls `bench`. Times are milliseconds of the clock that the
 * pages of one machine share (timeOrigin + now). It records; the judging is done in Python.
 *
 * Packet, big-endian: kind u8, 0 u8, inputs u16, ack u32 (the peer's inputs known without a gap), first u32, then u16 each.
 */

const INPUT = 0;
const PING = 1;
const PONG = 2;
const HEADER_BYTES = 12;
const FRAME_MS = 1000 / 60;
/** Above this a packet is skipped: the next one carries the same inputs. Bytes. */
const BUFFER_LIMIT = 16_384;
/** As MAX_INPUT_RECORDS of the product; so many still fit into one datagram. */
const MAX_INPUTS = 255;

const clockMs = () => performance.timeOrigin + performance.now();
const sleep = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
/** What input `index` holds, so that an arrival is checked and not only counted. */
const valueOf = (/** @type {number} */ index) => (index * 40_503) & 0xffff;

class Bench {
  #pc = new RTCPeerConnection();
  /** @type {RTCDataChannel | undefined} */
  #channel;
  /** Own inputs, by index. @type {number[]} */
  #created = [];
  /** The peer's inputs, by index; a hole has not come. @type {number[]} */
  #arrived = [];
  /** The peer's inputs: when this one and all before it were known. @type {number[]} */
  #inOrder = [];
  /** Own inputs that the peer has without a gap. */
  #acked = 0;
  #counts = { sent: 0, sentBytes: 0, received: 0, skipped: 0, closed: 0, wrong: 0, maxTickGapMs: 0 };
  /** @type {{rttMs: number, offsetMs: number}[]} */
  #pongs = [];

  /** @param {RTCDataChannelInit | null} init the reliability, at the end that offers; null at the other one */
  constructor(init) {
    if (init !== null) this.#take(this.#pc.createDataChannel("input", init));
    this.#pc.ondatachannel = ({ channel }) => this.#take(channel);
  }

  get isOpen() {
    return this.#channel?.readyState === "open";
  }

  /** @param {RTCSessionDescriptionInit | null} offer null: make one. @returns {Promise<any>} with all candidates */
  async describe(offer) {
    if (offer !== null) await this.accept(offer);
    const gathered = new Promise((done) => {
      this.#pc.onicegatheringstatechange = () => this.#pc.iceGatheringState === "complete" && done(null);
    });
    await this.#pc.setLocalDescription();
    if (this.#pc.iceGatheringState !== "complete") await gathered;
    return this.#pc.localDescription?.toJSON();
  }

  /** @param {RTCSessionDescriptionInit} description */
  async accept(description) {
    await this.#pc.setRemoteDescription(description);
  }

  /** @param {number} count @returns {Promise<{rttMs: number, offsetMs: number}[]>} each answer; offset is the peer's clock minus ours */
  async ping(count) {
    for (let i = 0; i < count; i += 1) {
      this.#channel?.send(pingPacket(PING, clockMs(), 0));
      await sleep(50);
    }
    await sleep(1000);
    return this.#pongs;
  }

  /**
   * Sends 60 inputs a second, then goes on sending without new ones.
   *
   * @param {{inputs: number, drainMs: number, last: number | null}} plan `last`: a packet has this many of the newest
   *   inputs; null: all that the peer has not acknowledged
   * @returns {Promise<any>} the transport's counters when the last input had been made
   */
  async play({ inputs, drainMs, last }) {
    const startMs = clockMs();
    await this.#ticks(startMs, (frame) => {
      while (this.#created.length < Math.min(frame, inputs)) this.#created.push(clockMs());
      this.#send(last);
      return this.#created.length < inputs;
    });
    const transport = await this.transport();
    const endMs = clockMs() + drainMs;
    await this.#ticks(clockMs(), () => {
      this.#send(last);
      return clockMs() < endMs;
    });
    return { ...transport, spanMs: endMs - drainMs - startMs };
  }

  /** @returns {Promise<{packetsSent: number, bytesSent: number, packetsReceived: number}>} datagrams of all kinds, after encryption */
  async transport() {
    for (const report of (await this.#pc.getStats()).values()) if (report.type === "transport") return report;
    throw new Error("no transport in getStats");
  }

  /** @returns {object} everything written down; what never came is null */
  history() {
    return { created: this.#created, arrived: Array.from(this.#arrived, (at) => at ?? null), inOrder: this.#inOrder, ...this.#counts };
  }

  /** @param {RTCDataChannel} channel */
  #take(channel) {
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => this.#receive(new DataView(data));
    this.#channel = channel;
  }

  /**
   * A plain interval that catches up: a late tick stands for every frame that became due.
   *
   * @param {number} startMs
   * @param {(frame: number) => boolean} tick with the count of frames due so far; false ends it
   */
  async #ticks(startMs, tick) {
    let frame = 0;
    let lastMs = startMs;
    await new Promise((done) => {
      const timer = setInterval(() => {
        const nowMs = clockMs();
        this.#counts.maxTickGapMs = Math.max(this.#counts.maxTickGapMs, nowMs - lastMs);
        lastMs = nowMs;
        const due = Math.floor((nowMs - startMs) / FRAME_MS);
        if (due === frame) return;
        frame = due;
        if (tick(frame)) return;
        clearInterval(timer);
        done(null);
      }, FRAME_MS);
    });
  }

  /** @param {number | null} last */
  #send(last) {
    if (!this.#channel || this.#channel.readyState !== "open") this.#counts.closed += 1;
    else if (this.#channel.bufferedAmount > BUFFER_LIMIT) this.#counts.skipped += 1;
    else {
      const first = last === null ? this.#acked : Math.max(0, this.#created.length - last);
      const packet = inputPacket(this.#inOrder.length, first, Math.min(this.#created.length - first, MAX_INPUTS));
      this.#channel.send(packet);
      this.#counts.sent += 1;
      this.#counts.sentBytes += packet.byteLength;
    }
  }

  /** @param {DataView<ArrayBuffer>} view */
  #receive(view) {
    const nowMs = clockMs();
    const kind = view.getUint8(0);
    if (kind === PING) this.#channel?.send(pingPacket(PONG, view.getFloat64(4), nowMs));
    else if (kind === PONG) {
      const rttMs = nowMs - view.getFloat64(4);
      this.#pongs.push({ rttMs, offsetMs: view.getFloat64(12) - (nowMs - rttMs / 2) });
    } else this.#inputs(view, nowMs);
  }

  /** @param {DataView} view @param {number} nowMs */
  #inputs(view, nowMs) {
    this.#counts.received += 1;
    this.#acked = Math.max(this.#acked, view.getUint32(4));
    const first = view.getUint32(8);
    for (let i = 0; i < view.getUint16(2); i += 1) {
      if (view.getUint16(HEADER_BYTES + 2 * i) !== valueOf(first + i)) this.#counts.wrong += 1;
      this.#arrived[first + i] ??= nowMs;
    }
    while (this.#arrived[this.#inOrder.length] !== undefined) this.#inOrder.push(nowMs);
  }
}

/** @param {number} kind @param {number} askedMs @param {number} answeredMs */
function pingPacket(kind, askedMs, answeredMs) {
  const view = new DataView(new ArrayBuffer(20));
  view.setUint8(0, kind);
  view.setFloat64(4, askedMs);
  view.setFloat64(12, answeredMs);
  return view.buffer;
}

/** @param {number} ack @param {number} first @param {number} count */
function inputPacket(ack, first, count) {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + 2 * count));
  view.setUint8(0, INPUT);
  view.setUint16(2, count);
  view.setUint32(4, ack);
  view.setUint32(8, first);
  for (let i = 0; i < count; i += 1) view.setUint16(HEADER_BYTES + 2 * i, valueOf(first + i));
  return view.buffer;
}
