package io.mosaik.groups;

/** What the errors that machines throw say of: the command, this process, or the JVM. */
final class MachineErrors {

  private MachineErrors() {}

  /**
   * Whether the JVM itself has failed: nothing that has run since can be relied on. A stack that
   * overflowed is as it was before.
   */
  static boolean isOfTheJvm(Throwable error) {
    return error instanceof VirtualMachineError && !(error instanceof StackOverflowError);
  }

  /**
   * Whether it says something of this process, not of the command: memory, depth of the stack, and
   * which classes there are differ from member to member. To reject a command for such a reason
   * would part this member's state from the others'.
   */
  static boolean isOfTheProcess(Throwable error) {
    return error instanceof VirtualMachineError || error instanceof LinkageError;
  }

  /** What it says, or what it is if it says nothing. */
  static String text(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.toString() : message;
  }
}
