package io.mosaik.sim;

/** The way from one node to another, as all connections between them share it. */
final class Path {

  private final Node from;
  private final Node to;
  private long latencyNs;
  private long jitterNs;
  private long bytesPerSecond;
  private long freeAtNs;
  private boolean cut;

  Path(Node from, Node to, LinkProfile profile) {
    this.from = from;
    this.to = to;
    profile(profile);
  }

  void profile(LinkProfile profile) {
    latencyNs = profile.latency().toNanos();
    jitterNs = profile.jitter().toNanos();
    bytesPerSecond = profile.bytesPerSecond();
  }

  void cut(boolean isCut) {
    cut = isCut;
  }

  Node from() {
    return from;
  }

  Node to() {
    return to;
  }

  boolean isUp() {
    return from.equals(to) || (!cut && from.side() == to.side());
  }

  long latencyNs() {
    return latencyNs;
  }

  /** Until when the path is taken if so many bytes go onto it now. */
  long take(long nowNs, int bytes) {
    freeAtNs = Math.max(nowNs, freeAtNs);
    if (bytesPerSecond > 0) {
      freeAtNs += bytes * 1_000_000_000L / bytesPerSecond;
    }
    return freeAtNs;
  }

  /** How long what leaves now is under way. */
  long nextDelayNs(Wires wires) {
    return jitterNs == 0 ? latencyNs : latencyNs + wires.random().nextLong(jitterNs);
  }
}
