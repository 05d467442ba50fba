package io.mosaik.groups.raft;

/** The member's own state contradicts a safety rule; it must stop (R3). */
final class BrokenLogException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BrokenLogException(String message) {
    super(message);
  }
}
