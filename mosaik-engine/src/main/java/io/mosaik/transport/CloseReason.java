package io.mosaik.transport;

/**
 * Why a connection was closed: the code travels to the other side, the text too where the transport
 * carries it. Two reasons are the same if their codes are.
 *
 * @param code the application close code, 0 to 2^62-1; codes below 100 are the transport's own
 * @param text for people; at most a line
 */
public record CloseReason(long code, String text) {

  /** The connection broke or was never made: no close code was exchanged. */
  public static final CloseReason CONNECTION_LOST = new CloseReason(1, "connection lost");

  /** Nobody answered in time. */
  public static final CloseReason TIMED_OUT = new CloseReason(2, "timed out");

  /** The protocol of the connection is not one that the other side speaks. */
  public static final CloseReason INVALID_ALPN = new CloseReason(100, "invalid ALPN");

  /** The other side belongs to another network. */
  public static final CloseReason DIFFERENT_NETWORK = new CloseReason(101, "different network");

  /** The work that the connection was for was cancelled. */
  public static final CloseReason CANCELLED = new CloseReason(102, "cancelled");

  /** The exchange is complete. */
  public static final CloseReason SUCCESS = new CloseReason(200, "success");

  /** The node shuts down in order. */
  public static final CloseReason GRACEFUL_SHUTDOWN = new CloseReason(204, "graceful shutdown");

  /** Bytes that don't decode, a frame over the limit, or a message out of place. */
  public static final CloseReason PROTOCOL_VIOLATION = new CloseReason(400, "protocol violation");

  /** The peer is not in the other side's catalog. */
  public static final CloseReason UNKNOWN_PEER = new CloseReason(401, "unknown peer");

  /** The peer could not prove that it knows the network's secret, or is another than dialled. */
  public static final CloseReason NOT_ADMITTED = new CloseReason(403, "not admitted");

  /** The same reason with a text that says more. */
  public CloseReason because(String detail) {
    return new CloseReason(code, text + ": " + detail);
  }

  /** Whether both have the same code. */
  public boolean is(CloseReason other) {
    return code == other.code;
  }

  @Override
  public String toString() {
    return text + " (" + code + ")";
  }
}
