package io.mosaik.groups;

import java.time.Duration;

/**
 * What a member's state machine is doing, at one moment.
 *
 * @param busyFor how long it has been at what it does now; zero if it waits for work. Where an
 *     image of its state is being written, which may take its time, how long no byte of it has come
 * @param busyWith the position of the command that it applies, or of the image that is being
 *     written; of the last one applied, if it is busy with something else (a query, taking an
 *     image, a start from a snapshot) or not at all
 * @param waiting how many committed entries and strong reads wait for it
 * @param rejected how many commands it has rejected since this member joined, those of other
 *     members included
 */
public record MachineStatus(Duration busyFor, long busyWith, int waiting, long rejected) {

  /** A machine that is at one thing for longer than that is overdue. */
  public static final Duration OVERDUE_AFTER = Duration.ofSeconds(10);

  /** Whether it is at one thing for longer than {@link #OVERDUE_AFTER}: it blocks, or nearly. */
  public boolean isOverdue() {
    return busyFor.compareTo(OVERDUE_AFTER) > 0;
  }
}
