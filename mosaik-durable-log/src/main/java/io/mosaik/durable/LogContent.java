package io.mosaik.durable;

import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.LogWrite;
import java.util.ArrayList;
import java.util.List;

/** What the writes of a journal, one after another, have made of a log. */
final class LogContent {

  private HardState hardState;
  private long firstIndex;
  private final List<Entry> entries = new ArrayList<>();

  /** As a segment begins: what was before it doesn't count, or is not known yet. */
  LogContent(Note.Head head) {
    hardState = head.hardState();
    firstIndex = head.nextIndex();
  }

  /**
   * Makes a change.
   *
   * @throws IllegalArgumentException if it doesn't fit what was there
   */
  void apply(Note.Write note) {
    LogWrite write = note.write();
    if (write.hardState() != null) {
      hardState = write.hardState();
    }
    long from = write.firstIndex();
    if (from == 0) {
      return;
    }
    if (note.anew() || from < firstIndex) { // the latter where earlier segments are gone
      entries.clear();
      firstIndex = from;
    }
    if (from > nextIndex()) {
      throw new IllegalArgumentException(
          "entries from %d on, behind %d".formatted(from, nextIndex() - 1));
    }
    entries.subList((int) (from - firstIndex), entries.size()).clear();
    entries.addAll(write.entries());
  }

  HardState hardState() {
    return hardState;
  }

  long firstIndex() {
    return firstIndex;
  }

  long nextIndex() {
    return firstIndex + entries.size();
  }

  List<Entry> entries() {
    return entries;
  }
}
