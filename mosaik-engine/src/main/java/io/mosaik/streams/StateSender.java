package io.mosaik.streams;

import io.mosaik.id.Digest;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.Link;

/** A state on its way to one subscriber, part by part as its link takes them. */
final class StateSender {

  private final byte[] state;
  private int sentBytes;

  /** Announces the state. */
  StateSender(byte[] state, Link<StreamMessage> link) {
    this.state = state;
    link.send(new StreamMessage.State(state.length, Digest.hash(state)));
  }

  boolean isDone() {
    return leftBytes() == 0;
  }

  int leftBytes() {
    return state.length - sentBytes;
  }

  /** Sends the next part; returns how many bytes it has. */
  int sendPart(Link<StreamMessage> link) {
    int end = Math.min(state.length, sentBytes + StreamMessage.StatePart.MAX_BYTES);
    var part = new byte[end - sentBytes];
    System.arraycopy(state, sentBytes, part, 0, part.length);
    link.send(new StreamMessage.StatePart(part));
    sentBytes = end;
    return part.length;
  }
}
