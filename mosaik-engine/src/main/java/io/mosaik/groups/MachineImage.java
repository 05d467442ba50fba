package io.mosaik.groups;

import io.mosaik.groups.raft.Sessions;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The replicated state of one member at one position: the sessions, and what the machine holds.
 *
 * @param sessions encoded
 * @param state of the machine
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record MachineImage(byte[] sessions, StateSync.Image state) {

  private static final int MAX_SESSIONS_BYTES = 8 << 20;

  static MachineImage of(Sessions sessions, StateSync.Image state) {
    return new MachineImage(
        new BinaryWriter().value(sessions, Sessions.CODEC).toByteArray(), state);
  }

  /** Four bytes of length, the sessions, then the machine's own bytes. */
  void writeTo(OutputStream out) throws IOException {
    var data = new DataOutputStream(out);
    data.writeInt(sessions.length);
    data.write(sessions);
    data.flush();
    state.writeTo(out);
  }

  /**
   * Reads the sessions; what follows is the machine's.
   *
   * @throws IOException if it can't be read, or ends too early
   * @throws MalformedException if it doesn't begin with sessions
   */
  static Sessions readSessions(InputStream in) throws IOException {
    var data = new DataInputStream(in);
    int length = data.readInt();
    if (length < 0 || length > MAX_SESSIONS_BYTES) {
      throw new MalformedException("a snapshot with " + length + " bytes of sessions");
    }
    return Sessions.CODEC.fromBytes(data.readNBytes(length));
  }
}
