package io.mosaik.durable;

import io.mosaik.groups.log.LogStorageException;
import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Whose log a directory has: written once, with the first log in it, in words that people can read.
 *
 * @param group the group
 * @param key a mark of its key, the same for all groups of that key; says nothing of the key itself
 */
record Owner(GroupId group, Digest key) {

  static final String NAME = "group";

  static final int MAX_BYTES = 1_000;
  private static final String GROUP = "group ";
  private static final String KEY = "key ";

  /** What a directory says; null if it says nothing. */
  static @Nullable Owner of(LogDirectory directory) {
    if (!directory.list().contains(NAME)) {
      return null;
    }
    try (LogFile file = directory.open(NAME)) {
      if (file.size() > MAX_BYTES) {
        throw Errors.damaged(directory.describe(NAME), 0, "it is too long");
      }
      return parse(file.read(0, (int) file.size()), directory.describe(NAME));
    }
  }

  static Owner parse(byte[] bytes, String where) {
    String[] lines = new String(bytes, StandardCharsets.US_ASCII).split("\n", -1);
    boolean whole =
        lines.length == 3
            && lines[0].matches(GROUP + "[0-9a-f]{64}")
            && lines[1].matches(KEY + "[0-9a-f]{64}");
    if (!whole) {
      throw Errors.damaged(where, 0, "it doesn't say whose log this is");
    }
    return new Owner(
        GroupId.of(lines[0].substring(GROUP.length())),
        Digest.ofName(lines[1].substring(KEY.length())));
  }

  /** Makes a directory say so, for good. */
  void write(LogDirectory directory) {
    String text = GROUP + group + "\n" + KEY + key.toHex() + "\n";
    String fresh = NAME + SegmentWriter.NEW;
    try (LogFile file = directory.create(fresh)) {
      file.write(0, text.getBytes(StandardCharsets.US_ASCII));
      file.force();
    }
    directory.rename(fresh, NAME);
    directory.sync();
  }

  /**
   * Checks that the directory has the log of this group, or none.
   *
   * @param found what it says
   * @throws LogStorageException if it has another group's
   */
  void require(Owner found, String where) {
    if (!found.group.equals(group)) {
      String why =
          found.key.equals(key)
              ? "both have one key, and differ in consensus settings, in the machine's or its state"
                  + " sync's signature, or in their ticket validators"
              : "they have different keys";
      throw new LogStorageException(
          "%s: this is the log of group %s, and group %s was to use it: %s. Give each group a directory of its own"
              .formatted(where, found.group, group, why));
    }
  }
}
