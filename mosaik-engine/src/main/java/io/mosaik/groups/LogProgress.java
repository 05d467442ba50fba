package io.mosaik.groups;

import io.mosaik.id.PeerId;

/**
 * How far a member is with entries of the log that it missed.
 *
 * @param from the position behind which entries were missing, when it began to fetch them
 * @param to up to where it knows that there are some; grows while the group goes on
 * @param position up to where it has them; never above {@code to}
 * @param bytes how many bytes of entries have come since it began
 * @param source who sent the latest of them
 */
public record LogProgress(long from, long to, long position, long bytes, PeerId source) {}
