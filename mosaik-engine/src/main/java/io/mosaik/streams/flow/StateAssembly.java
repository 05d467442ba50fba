package io.mosaik.streams.flow;

import io.mosaik.id.Digest;
import io.mosaik.streams.protocol.StreamMessage.State;
import io.mosaik.streams.protocol.StreamMessage.StatePart;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import org.jspecify.annotations.Nullable;

/** Puts a state together from its parts: no more memory than came, and nothing unverified. */
public final class StateAssembly {

  private final State announced;
  private final BinaryWriter received;

  /**
   * @param maxBytes how large a state may be
   * @throws MalformedException if this one is larger
   */
  public StateAssembly(State announced, long maxBytes) {
    if (announced.totalBytes() > maxBytes) {
      throw new MalformedException(
          "a state of " + announced.totalBytes() + " bytes, at most " + maxBytes + " are taken");
    }
    this.announced = announced;
    received = new BinaryWriter((int) Math.min(announced.totalBytes(), StatePart.MAX_BYTES));
  }

  /**
   * The whole state, or null while parts are missing.
   *
   * @throws MalformedException if it is not the announced one
   */
  public byte @Nullable [] complete() {
    if (received.size() < announced.totalBytes()) {
      return null;
    }
    byte[] state = received.toByteArray();
    if (!Digest.hash(state).equals(announced.digest())) {
      throw new MalformedException("a state that is not the announced one");
    }
    return state;
  }

  /**
   * Adds the next part.
   *
   * @return the whole state, or null while parts are missing
   * @throws MalformedException if it is more than was announced, or something else
   */
  public byte @Nullable [] add(StatePart part) {
    if (part.bytes().length > announced.totalBytes() - received.size()) {
      throw new MalformedException(
          "a state of more than the announced " + announced.totalBytes() + " bytes");
    }
    received.raw(part.bytes());
    return complete();
  }
}
