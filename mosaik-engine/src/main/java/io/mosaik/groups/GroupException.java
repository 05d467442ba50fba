package io.mosaik.groups;

/** A command or query that failed; {@link #outcome} says what is sure. */
public final class GroupException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Outcome outcome;

  /** With what is sure, and why it failed. */
  public GroupException(Outcome outcome, String message) {
    super(message);
    this.outcome = outcome;
  }

  /** With what is sure, why it failed, and the machine's own error. */
  public GroupException(Outcome outcome, String message, Throwable cause) {
    super(message, cause);
    this.outcome = outcome;
  }

  /** What is sure. */
  public Outcome outcome() {
    return outcome;
  }

  /** What is known of a command or query that failed. */
  public enum Outcome {
    /** It never left this node: surely not applied. */
    OFFLINE,
    /** Refused: too large, or by the machine itself, alike on every member. Surely no effect. */
    REJECTED,
    /** The deadline passed while it may be in the log: it may still be applied, once. */
    UNKNOWN
  }
}
