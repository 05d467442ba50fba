package io.mosaik.durable;

import java.util.List;

/**
 * One directory of files, with as little of a file system as a log needs. What is written is
 * durable only after {@link LogFile#force}, a name only after {@link #sync}.
 *
 * <p>Thread-safe; every method blocks for as long as the disk takes, and throws a {@link
 * io.mosaik.groups.log.LogStorageException} that names the file where it fails.
 */
interface LogDirectory extends AutoCloseable {

  /** Where a file is, for messages to people. */
  String describe(String name);

  /** The names of its files, sorted. */
  List<String> list();

  /** Opens a file that is there. */
  LogFile open(String name);

  /** Makes a file, or empties the one that has the name. */
  LogFile create(String name);

  /** Gives a file another name, at once or not at all; one that has the name already goes. */
  void rename(String from, String to);

  /** Removes a file, if it is there. */
  void delete(String name);

  /** Gives a file a second name in a directory below this one, which is made if it isn't there. */
  void link(String name, String below);

  /** Makes the names durable. */
  void sync();

  /** Lets others use the directory. Idempotent. */
  @Override
  void close();
}
