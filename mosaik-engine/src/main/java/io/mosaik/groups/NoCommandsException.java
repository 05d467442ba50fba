package io.mosaik.groups;

/** A batch without any command: a mistake of the caller, which changes and sends nothing. */
public final class NoCommandsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** Of an empty batch. */
  public NoCommandsException() {
    super("there are no commands in the list; give at least one");
  }
}
