package io.mosaik.groups.history;

import org.jspecify.annotations.Nullable;

/**
 * One operation of one client.
 *
 * @param client whose operations come one after another
 * @param input what was asked
 * @param calledAt when it was asked: the number of that event in the history
 * @param returnedAt when it was answered; {@link #NEVER} if it may take effect at any later time,
 *     or never
 * @param output the answer; null if there was none
 * @param <I> inputs
 * @param <O> outputs
 */
public record Operation<I, O>(
    String client, I input, long calledAt, long returnedAt, @Nullable O output) {

  /** Of an operation whose outcome nobody knows. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Checks that it ends after it began, and has an answer if it ended. */
  public Operation {
    if (returnedAt <= calledAt || (returnedAt != NEVER) != (output != null)) {
      throw new IllegalArgumentException(
          input + " from " + calledAt + " to " + returnedAt + " with " + output);
    }
  }

  /** Whether its outcome is known. */
  public boolean isComplete() {
    return returnedAt != NEVER;
  }

  @Override
  public String toString() {
    String span = isComplete() ? calledAt + "-" + returnedAt : calledAt + "-?";
    return span + " " + client + ": " + input + (isComplete() ? " = " + output : "");
  }
}
