package io.mosaik.groups.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the log in memory. It is lost with the process: the member comes back as a new incarnation,
 * a learner that the group brings up to date. The same object given to a second run of the member,
 * after the first has closed it, stands for a disk that survived.
 *
 * <p>Not thread-safe beyond the contract of {@link LogStorage}.
 */
public final class InMemoryLogStorage implements LogStorage {

  private @Nullable Long incarnation;
  private HardState hardState = HardState.INITIAL;
  private final List<Entry> entries = new ArrayList<>();

  /** An empty storage. */
  public InMemoryLogStorage() {}

  @Override
  public StoredLog open(long newIncarnation) {
    if (incarnation == null) {
      incarnation = newIncarnation;
    }
    return new StoredLog(incarnation, hardState, entries);
  }

  @Override
  public void write(LogWrite write) {
    if (write.hardState() != null) {
      hardState = write.hardState();
    }
    long firstIndex = write.firstIndex();
    if (firstIndex == 0) {
      return;
    }
    if (firstIndex > entries.size() + 1L) {
      throw new IllegalArgumentException(
          "entries from "
              + firstIndex
              + " on would leave a gap after the "
              + entries.size()
              + " stored");
    }
    entries.subList((int) (firstIndex - 1), entries.size()).clear();
    entries.addAll(write.entries());
  }

  @Override
  public void sync(Runnable whenDurable) {
    whenDurable.run();
  }

  @Override
  public void close() {}
}
